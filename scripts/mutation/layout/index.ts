import { apply, hclRoot } from "../../../testing/layout";
import type { System } from "../system";
import { props } from "./props";
import { scenarios } from "./scenarios";
import { LayoutWorld } from "./world";

/** The unified layout. */
export const layout: System<LayoutWorld> = {
  name: "layout",
  images: (worker) => ({ "*": worker }),
  apply: async (localAws) =>
    new LayoutWorld(localAws, await apply(hclRoot(props, "mutation-layout"), localAws), props),
  scenarios,
};
