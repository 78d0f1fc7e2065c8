/** What Homebrew's registry wants of anonymous clients. Any token but none will do. */
export const registryAuthorization = "Bearer QQ==";
