import { Fn } from "cdktf";
import { distinct } from "./distinct";

interface OnCluster {
  readonly clusterArn: string;
}

/** ARNs of the clusters of these launch routes, each once. */
export const clusterArnsOf = (routes: readonly OnCluster[]): readonly string[] =>
  distinct(routes.map(({ clusterArn }) => clusterArn));

/** ARN pattern of all resources of one kind on each cluster of these launch routes. */
export const resourcesOn = (
  routes: readonly OnCluster[],
  kind: "task" | "container-instance",
): readonly string[] =>
  distinct(
    [...new Set(routes.map(({ clusterArn }) => clusterArn))].map(
      (clusterArn) => `${Fn.replace(clusterArn, ":cluster/", `:${kind}/`)}/*`,
    ),
  );
