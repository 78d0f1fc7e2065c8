/** Changes when the same bytes give other findings than before. */
export const detectorVersion = "1";
