/** How many tasks of a deployment are there: all that are not being stopped, and the healthy ones of them. */
export interface TaskCounts {
  living: number;
  healthy: number;
}

export interface DeploymentState {
  desired: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  primary: TaskCounts;
  /** of all earlier deployments */
  old: TaskCounts;
}

export interface DeploymentStep {
  start: number;
  stopPrimary: number;
  /** healthy tasks of earlier deployments; those that are not healthy are stopped in any case */
  stopOld: number;
}

/**
 * The next step of a rolling deployment: healthy tasks never fall below the minimum, rounded up, and tasks never exceed the
 * maximum, rounded down
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html).
 */
export function nextStep(state: DeploymentState): DeploymentStep {
  const { desired, maximumPercent, minimumHealthyPercent, old, primary } = state;
  const minimum = Math.ceil((desired * minimumHealthyPercent) / 100);
  const maximum = Math.floor((desired * maximumPercent) / 100);
  const wanted = Math.min(desired - primary.living, maximum - primary.living - old.living);
  const spare = Math.min(desired, primary.healthy) + old.healthy - minimum;
  return {
    start: Math.max(0, wanted),
    stopPrimary: Math.max(0, primary.living - desired),
    stopOld: Math.min(old.healthy, Math.max(0, spare)),
  };
}
