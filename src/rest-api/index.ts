import { createHash } from "node:crypto";
import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account";
import { ApiGatewayBasePathMapping } from "@cdktf/provider-aws/lib/api-gateway-base-path-mapping";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Fn, TerraformLocal, Token } from "cdktf";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { json } from "../core/json";
import { checkLogRetention } from "../core/log-retention";
import { sortedEntries } from "../core/maps";
import { trust } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, roleWith } from "../core/roles";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkInteger, checkMatches, isKnown, isToken } from "../core/validation";
import type { RestApiProps } from "./props";
import { lastPartOf, type ParsedRoute, parentOf, parseRoutes, pathsOf } from "./route";

export type { RestApiProps } from "./props";

/**
 * A REST API of API Gateway with Lambda functions behind its routes: IAM authorization by default, throttled, logged and
 * traced. Every change of a route makes a new deployment. The permission on a function allows its own routes only. Twin of
 * the module `rest-api`.
 *
 * @example
 * import { TerraformOutput } from "cdktf";
 * import { RestApi } from "cdktf-event-driven-ecs/rest-api";
 *
 * const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:scan";
 * const api = new RestApi(this, "api", {
 *   name: "scanner",
 *   routes: { "POST /scan": { functionArn, functionName: "scan" } },
 * });
 * new TerraformOutput(this, "url", { value: `${api.invokeUrl}/scan` });
 *
 * @throws ValidationError when a value is one that API Gateway refuses.
 */
export class RestApi extends Twin {
  /** ID of the REST API. */
  readonly restApiId: string;
  /** ARN of the API for `execute-api:Invoke`, without the stage, method and path that a policy appends. */
  readonly executionArn: string;
  /** Name of the stage. */
  readonly stageName: string;
  /** ARN of the stage, for instance to associate a web ACL with it. */
  readonly stageArn: string;
  /** Base URL of the API, without a trailing slash. The path of a route is appended to it. */
  readonly invokeUrl: string;
  /** ARN of each route, by method and path, for a policy that allows a caller `execute-api:Invoke`. */
  readonly invokeArns: Readonly<Record<string, string>>;
  /** Target of the DNS alias record of `domainName`. Not set unless `createDomain` is true. */
  readonly domainTargetName: string | undefined;
  /** Hosted zone ID of `domainTargetName`, for the alias record. Not set unless `createDomain` is true. */
  readonly domainTargetZoneId: string | undefined;

  constructor(scope: Construct, id: string, given: RestApiProps) {
    super(scope, id);
    const props = typed(this, "rest-api", withoutNulls(given));
    checkCommonInputs(this, "rest-api", props);
    checkProps(this, props);
    this.useNames(props.names);
    const parsed = parseRoutes(this, props.routes);
    const routes = sortedEntries(props.routes).map(([route, target]) => ({
      route,
      target,
      ...parsed.get(route)!,
    }));
    const { name, tags } = props;
    const { partition, region } = accountOf(this);
    const createDomain = props.createDomain ?? false;

    const api = this.twin(
      "aws_api_gateway_rest_api.this",
      new ApiGatewayRestApi(this, "rest-api", {
        name,
        description: props.description,
        disableExecuteApiEndpoint: createDomain,
        endpointConfiguration: { types: ["REGIONAL"] },
        tags,
        lifecycle: { createBeforeDestroy: true },
      }),
    );

    const resourceIds = new Map([["/", api.rootResourceId]]);
    for (const path of pathsOf(routes)) {
      const resource = this.twin(
        `aws_api_gateway_resource.level_${path.split("/").length - 1}["${path}"]`,
        new ApiGatewayResource(this, `resource-${idOf(path)}`, {
          restApiId: api.id,
          parentId: resourceIds.get(parentOf(path))!,
          pathPart: lastPartOf(path),
        }),
      );
      resourceIds.set(path, resource.id);
    }

    const validator = this.twin(
      "aws_api_gateway_request_validator.this",
      new ApiGatewayRequestValidator(this, "request-validator", {
        restApiId: api.id,
        name: "parameters",
        validateRequestParameters: true,
        validateRequestBody: false,
      }),
    );

    const stageName = props.stageName ?? "v1";
    const functions = `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions`;
    const invokeArns: Record<string, string> = {};
    const deployed: Record<
      string,
      { authorization: string; uri: string; parameters: Record<string, boolean> }
    > = {};
    const methodsAndIntegrations = routes.flatMap(({ route, target, method, path, segments }) => {
      const authorization = target.authorization ?? "AWS_IAM";
      const uri = `${functions}/${target.functionArn}/invocations`;
      const parameters = requiredParameters(segments, target.requiredQuery ?? []);
      deployed[route] = { authorization, uri, parameters };

      const apiMethod = this.twin(
        `aws_api_gateway_method.this["${route}"]`,
        new ApiGatewayMethod(this, `method-${idOf(route)}`, {
          restApiId: api.id,
          resourceId: resourceIds.get(path)!,
          httpMethod: method,
          authorization,
          requestParameters: parameters,
          requestValidatorId: validator.id,
        }),
      );
      const integration = this.twin(
        `aws_api_gateway_integration.this["${route}"]`,
        new ApiGatewayIntegration(this, `integration-${idOf(route)}`, {
          restApiId: api.id,
          resourceId: apiMethod.resourceId,
          httpMethod: apiMethod.httpMethod,
          type: "AWS_PROXY",
          integrationHttpMethod: "POST",
          uri,
        }),
      );
      invokeArns[route] = `${api.executionArn}/${stageName}/${requestsOf({ method, path })}`;
      this.twin(
        `aws_lambda_permission.this["${route}"]`,
        new LambdaPermission(this, `permission-${idOf(route)}`, {
          // A hash, because a statement ID must not contain some characters of a route.
          statementId:
            this.named(`aws_lambda_permission.this["${route}"]`) ??
            `${name}-${createHash("sha1").update(route).digest("hex").slice(0, 8)}`,
          action: "lambda:InvokeFunction",
          functionName: target.functionName,
          principal: "apigateway.amazonaws.com",
          sourceArn: invokeArns[route],
        }),
      );
      return [apiMethod, integration];
    });

    // Everything that is part of a deployment's snapshot.
    const snapshot = new TerraformLocal(
      this,
      "deployed",
      json({ methods: deployed, only_domain: createDomain }),
    );
    const deployment = this.twin(
      "aws_api_gateway_deployment.this",
      new ApiGatewayDeployment(this, "deployment", {
        restApiId: api.id,
        triggers: { deployed: Fn.sha1(snapshot.asString) },
        lifecycle: { createBeforeDestroy: true },
        dependsOn: methodsAndIntegrations,
      }),
    );

    const logGroup = (log: string, groupName: string) =>
      this.twin(
        `aws_cloudwatch_log_group.${log}`,
        new CloudwatchLogGroup(this, `${log}-log-group`, {
          name: groupName,
          retentionInDays: props.logRetentionDays ?? 365,
          kmsKeyId: props.kmsKeyArn,
          tags,
        }),
      );
    const accessLog = logGroup(
      "access",
      this.named("aws_cloudwatch_log_group.access") ?? `/aws/apigateway/${name}/access`,
    );
    // If this log group does not exist, API Gateway creates it, without a retention.
    const executionLog = logGroup("execution", `API-Gateway-Execution-Logs_${api.id}/${stageName}`);

    const stage = this.twin(
      "aws_api_gateway_stage.this",
      new ApiGatewayStage(this, "stage", {
        restApiId: api.id,
        deploymentId: deployment.id,
        stageName,
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: accessLog.arn, format: json(accessLogFormat) },
        tags,
        dependsOn: [...this.accountLogRole(props, partition), executionLog],
      }),
    );

    this.twin(
      "aws_api_gateway_method_settings.this",
      new ApiGatewayMethodSettings(this, "method-settings", {
        restApiId: api.id,
        stageName: stage.stageName,
        methodPath: "*/*",
        settings: {
          loggingLevel: "ERROR",
          dataTraceEnabled: false,
          metricsEnabled: true,
          throttlingRateLimit: props.throttlingRateLimit ?? 50,
          throttlingBurstLimit: props.throttlingBurstLimit ?? 100,
        },
      }),
    );

    const domain = createDomain ? this.domain(props, stage) : undefined;

    this.refuseUnknownNames();
    this.restApiId = api.id;
    this.executionArn = api.executionArn;
    this.stageName = stage.stageName;
    this.stageArn = stage.arn;
    this.invokeUrl = domain ? `https://${props.domainName}` : stage.invokeUrl;
    this.invokeArns = invokeArns;
    this.domainTargetName = domain?.regionalDomainName;
    this.domainTargetZoneId = domain?.regionalZoneId;
  }

  /** The minimum TLS version can be chosen for a custom domain only, not for the default endpoint. */
  private domain(props: RestApiProps, stage: ApiGatewayStage): ApiGatewayDomainName {
    const domain = this.twin(
      "aws_api_gateway_domain_name.this[0]",
      new ApiGatewayDomainName(this, "domain-name", {
        domainName: props.domainName!,
        regionalCertificateArn: props.certificateArn,
        securityPolicy: "TLS_1_2",
        endpointConfiguration: { types: ["REGIONAL"] },
        tags: props.tags,
      }),
    );
    this.twin(
      "aws_api_gateway_base_path_mapping.this[0]",
      new ApiGatewayBasePathMapping(this, "base-path-mapping", {
        apiId: stage.restApiId,
        stageName: stage.stageName,
        domainName: domain.domainName,
      }),
    );
    return domain;
  }

  private accountLogRole(props: RestApiProps, partition: string): ApiGatewayAccount[] {
    if (!props.createAccountLogRole) return [];
    const role = this.twin(
      "aws_iam_role.account_log[0]",
      new IamRole(this, "account-log-role", {
        ...roleWith(
          this,
          props.roles,
          `${props.name}-api-gateway-log`,
          this.named("aws_iam_role.account_log[0]"),
        ),
        description: "Role with which API Gateway writes the logs of every API in this region.",
        assumeRolePolicy: trust("apigateway.amazonaws.com"),
        tags: props.tags,
      }),
    );
    const attachment = this.twin(
      "aws_iam_role_policy_attachment.account_log[0]",
      new IamRolePolicyAttachment(this, "account-log-policy-attachment", {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      }),
    );
    return [
      this.twin(
        "aws_api_gateway_account.this[0]",
        new ApiGatewayAccount(this, "account", {
          cloudwatchRoleArn: role.arn,
          // API Gateway checks the permissions of the role at once.
          dependsOn: [attachment],
        }),
      ),
    ];
  }
}

/** The ID of a construct must not contain a slash, which separates the parts of its path. */
const idOf = (pathOrRoute: string): string => pathOrRoute.replaceAll("/", ">");

/** Method and path as in the ARN of a permission, with a wildcard for each variable. */
const requestsOf = ({ method, path }: Pick<ParsedRoute, "method" | "path">): string =>
  `${method === "ANY" ? "*" : method}${path.replace(/\{[^}]+\}/g, "*")}`;

type Parameters = Record<string, boolean>;

function requiredParameters(segments: readonly string[], query: readonly string[]): Parameters {
  const path = segments
    .filter((segment) => segment.startsWith("{"))
    .map((segment) => `path.${segment.replace(/[{}+]/g, "")}`);
  const inPath = parametersOf(path);
  if (!isToken(query)) return { ...inPath, ...parametersOf(query.map((name) => `querystring.${name}`)) };
  const inQuery = expression`{ for name in ${query} : "method.request.querystring.\${name}" => true }`;
  return Token.asBooleanMap(expression`merge(${inPath}, ${inQuery})`);
}

const parametersOf = (names: readonly string[]): Parameters =>
  Object.fromEntries(names.map((name) => [`method.request.${name}`, true]));

const accessLogFormat = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  caller: "$context.identity.userArn",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  route: "$context.resourcePath",
  status: "$context.status",
  latency: "$context.responseLatency",
  integrationStatus: "$context.integration.status",
  integrationLatency: "$context.integration.latency",
  error: "$context.error.message",
};

function checkProps(scope: Construct, props: RestApiProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,48}$/,
    'an API\'s name here has 1 to 48 letters, digits, hyphens and underscores (IAM allows 64 for a role, and "-api-gateway-log" is added).',
  );
  checkMatches(
    scope,
    "stageName",
    props.stageName,
    /^[A-Za-z0-9_-]{1,128}$/,
    "a stage name has 1 to 128 letters, digits, hyphens and underscores.",
  );
  if (isKnown(props.throttlingRateLimit))
    check(
      scope,
      props.throttlingRateLimit! >= 1,
      `throttlingRateLimit is ${props.throttlingRateLimit}; it must be at least 1.`,
    );
  checkInteger(
    scope,
    "throttlingBurstLimit",
    props.throttlingBurstLimit,
    [1, Number.POSITIVE_INFINITY],
    "it takes whole numbers from 1.",
  );
  checkLogRetention(scope, "logRetentionDays", props.logRetentionDays);
  checkRoles(scope, props.roles);
  const { createDomain = false, domainName, certificateArn } = props;
  const both = domainName !== undefined && certificateArn !== undefined;
  check(
    scope,
    createDomain === both,
    `createDomain is ${createDomain} with domainName ${domainName ?? "not given"} and certificateArn ${certificateArn ?? "not given"}; give both exactly when createDomain is true.`,
  );
}
