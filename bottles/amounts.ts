const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `20.0 GiB` */
export const formatBytes = (bytes: number): string => {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
};

/** `1 h 02 min`, `4 min 10 s`, `9 s` */
export const formatSeconds = (seconds: number): string => {
  const whole = Math.round(seconds);
  const two = (number: number) => String(number).padStart(2, "0");
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s` : `${whole} s`;
};

/** `12,345` */
export const formatNumber = (count: number): string => count.toLocaleString("en-US");
