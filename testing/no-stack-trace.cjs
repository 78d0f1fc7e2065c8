// In place of the module of cdktf (and cdktn) that records where a token was created.
exports.captureStackTrace = () => [];
exports.captureCreationStack = () => [];
