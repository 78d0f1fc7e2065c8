import { constructRoot } from "../../testing/layout";
import { testLayout } from "./layout";

// The module plans the same (parity.test.ts); __tests__/long/layout.test.ts applies it.
testLayout("construct", constructRoot);
