import { createRegisterTargetsSubject } from "./hostile-input/register-targets";
import { createRunPolicySubject } from "./hostile-input/run-policy";
import { createStartTaskSubject } from "./hostile-input/start-task";
import { testSubject } from "./hostile-input/test-subject";

describe("start-task", () => testSubject(() => createStartTaskSubject({ buffer: false }), 0.5));
describe("start-task with a buffer", () => testSubject(() => createStartTaskSubject({ buffer: true }), 0.5));
describe("register-targets", () => testSubject(createRegisterTargetsSubject));
describe("run-policy", () => testSubject(createRunPolicySubject, 0.5));
