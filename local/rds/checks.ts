import { AwsError } from "../aws-error";
import { messageOf } from "../message-of";
import { postgresBinaries } from "./postgres-binaries";

/** Names that a master user of PostgreSQL cannot have; "admin" is the one that people try. */
const RESERVED_USERS = /^(admin|rdsadmin|rds_\w+|pg_\w+|public|none|user|current_user|session_user)$/i;

/** Throws what RDS answers to a master user that it refuses. */
export function checkMasterUser(form: URLSearchParams): void {
  const user = form.get("MasterUsername");
  if (!user) throw invalid("The parameter MasterUsername must be provided and must not be blank.");
  if (!/^[A-Za-z]\w{0,62}$/.test(user))
    throw invalid(
      `The parameter MasterUsername is ${user}; allowed: 1 to 63 letters, digits and underscores, the first one a letter.`,
    );
  if (RESERVED_USERS.test(user))
    throw invalid(`MasterUsername ${user} cannot be used as it is a reserved word used by the engine`);
  if (!isTrue(form, "ManageMasterUserPassword") && !form.get("MasterUserPassword"))
    throw invalid("The parameter MasterUserPassword must be provided and must not be blank.");
  checkPassword(form);
}

/** Throws what RDS answers to a password that it refuses. */
export function checkPassword(form: URLSearchParams): void {
  const password = form.get("MasterUserPassword");
  if (password === null) return;
  if (isTrue(form, "ManageMasterUserPassword"))
    throw new AwsError(
      "InvalidParameterCombination",
      "You can't specify MasterUserPassword when ManageMasterUserPassword is true.",
    );
  if (password.length < 8 || password.length > 128)
    throw invalid(
      "The parameter MasterUserPassword is not a valid password because it is shorter than 8 or longer than 128 characters.",
    );
  if (!/^[\x21-\x7e]*$/.test(password) || /[/"@]/.test(password))
    throw invalid(
      `The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '"', ' ' may be used.`,
    );
}

/** Throws if PostgreSQL is not installed: an error that Terraform shows at once and does not retry. */
export function checkInstalled(): void {
  try {
    postgresBinaries();
  } catch (error) {
    throw invalid(messageOf(error));
  }
}

export function isTrue(form: URLSearchParams, name: string): boolean {
  return form.get(name) === "true";
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}

export function invalidState(id: string, status: string, needed = "available"): AwsError {
  return new AwsError(
    "InvalidDBInstanceState",
    `Instance ${id} is not in ${needed} state: its status is ${status}.`,
  );
}
