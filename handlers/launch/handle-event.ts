import type { Delivery } from "../shared/envelope";
import type { InvocationContext } from "./invocation-context";

/**
 * Launches what an event asks for.
 * @throws PermanentError when no retry can succeed; any other error when one may succeed
 */
export type HandleEvent<Result> = (delivery: Delivery, context: InvocationContext) => Promise<Result>;
