import { testDemo } from "../local/demo";
import { testPolicyRunnerDemo } from "../local/demo/policy-runner";

testDemo("the demo from the HCL root", "--hcl");
testPolicyRunnerDemo("the demo of the policy runner from the HCL root", "--hcl");
