import { hclRoot } from "../../testing/layout";
import { testLayout } from "../local/layout";

testLayout("module", hclRoot);
