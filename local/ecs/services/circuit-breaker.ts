const MIN_THRESHOLD = 3;
const MAX_THRESHOLD = 200;

/**
 * After how many failed tasks a deployment has failed
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html).
 */
export function failureThreshold(desiredCount: number): number {
  return Math.min(MAX_THRESHOLD, Math.max(MIN_THRESHOLD, Math.ceil(desiredCount / 2)));
}
