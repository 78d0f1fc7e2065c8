const barCells = 20;

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** How far a transfer is: a bar, bytes, rate and the time that is left. */
export const transferLine = (done: number, bytes: number, milliseconds: number): string => {
  const filled = Math.round((barCells * done) / bytes);
  const perSecond = done / (milliseconds / 1000);
  const left = perSecond === 0 ? "?" : Math.ceil((bytes - done) / perSecond);
  const bar = "#".repeat(filled).padEnd(barCells, ".");
  return `  [${bar}] ${mb(done)} of ${mb(bytes)} MB, ${mb(perSecond)} MB/s, ${left} s left`;
};
