import { type HttpResponse, jsonResponse } from "../http";
import type { Call } from "../routing";

type Tags = Record<string, string>;

interface Input {
  ResourceARN?: string;
  ResourceId?: string;
  PolicyName?: string;
  Tags?: Tags;
  TagKeys?: string[];
}

/**
 * Tags of the scalable targets of Application Auto Scaling, which moto does not know. Scaling policies are stored only:
 * local AWS evaluates no alarms.
 */
export class ScalableTargets {
  private readonly tags = new Map<string, Tags>();

  constructor(
    private readonly forward: (call: Call) => Promise<HttpResponse>,
    private readonly log: (line: string) => void,
  ) {}

  async handle(call: Call, input: unknown): Promise<HttpResponse> {
    const { ResourceARN: arn = "", ResourceId, PolicyName, Tags: tags = {}, TagKeys = [] } = input as Input;
    switch (call.action) {
      case "RegisterScalableTarget": {
        const response = await this.forward(call);
        if (response.status < 300) {
          const { ScalableTargetARN } = JSON.parse(response.body.toString()) as { ScalableTargetARN: string };
          this.add(ScalableTargetARN, tags);
        }
        return response;
      }
      case "PutScalingPolicy":
        this.log(
          `application-autoscaling PutScalingPolicy ${PolicyName}: stored; local AWS evaluates no alarms, so it does not scale ${ResourceId}`,
        );
        return this.forward(call);
      case "ListTagsForResource":
        return jsonResponse({ Tags: this.tags.get(arn) ?? {} });
      case "TagResource":
        this.add(arn, tags);
        return jsonResponse({});
      case "UntagResource":
        this.tags.set(
          arn,
          Object.fromEntries(
            Object.entries(this.tags.get(arn) ?? {}).filter(([key]) => !TagKeys.includes(key)),
          ),
        );
        return jsonResponse({});
      default:
        return this.forward(call);
    }
  }

  private add(arn: string, tags: Tags): void {
    this.tags.set(arn, { ...this.tags.get(arn), ...tags });
  }
}
