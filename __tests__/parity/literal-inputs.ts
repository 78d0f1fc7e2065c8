/** Inputs that take no token, by path, and why: neither the construct nor the module can plan with an unknown one. */
export const literalInputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
