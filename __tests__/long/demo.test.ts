import { testDemo } from "../local/demo";

testDemo("the demo from the HCL root", "--hcl");
