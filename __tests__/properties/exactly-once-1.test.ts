import { testShare } from "./exactly-once/player";

testShare(1, 2);
