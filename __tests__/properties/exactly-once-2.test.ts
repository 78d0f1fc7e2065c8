import { testShare } from "./exactly-once/player";

testShare(2, 2);
