import type { Method, Resource } from "./resources";

/** The authorization settings of an OpenAPI document with the extensions of API Gateway. */
interface Document {
  security?: Security[];
  paths?: Record<string, Record<string, Operation>>;
  components?: { securitySchemes?: Record<string, { "x-amazon-apigateway-authtype"?: string }> };
}

interface Operation {
  security?: Security[];
  "x-amazon-apigateway-auth"?: { type?: string };
}

type Security = Record<string, unknown>;

const ANY = "x-amazon-apigateway-any-method";

/** The authorization of each method in a document, which moto loses. */
export class Authorizations {
  private readonly byMethod: ReadonlyMap<string, string>;

  /** @param text JSON; a document in YAML is ignored */
  constructor(text: string) {
    const document = (text.trimStart().startsWith("{") ? JSON.parse(text) : {}) as Document;
    this.byMethod = new Map(
      Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => [
          `${methodName(method)} ${path}`,
          authorizationOf(operation, document),
        ]),
      ),
    );
  }

  of(path: string, method: string): string | undefined {
    return this.byMethod.get(`${method} ${path}`);
  }
}

function authorizationOf(operation: Operation, { components, security }: Document): string {
  const own = operation["x-amazon-apigateway-auth"]?.type;
  if (own) return own.toUpperCase();
  const [scheme] = (operation.security ?? security ?? []).flatMap((each) => Object.keys(each));
  if (scheme === undefined) return "NONE";
  const type = components?.securitySchemes?.[scheme]?.["x-amazon-apigateway-authtype"];
  return type === "awsSigv4" ? "AWS_IAM" : "CUSTOM";
}

/** A resource in the form of the API: moto keeps the spelling of the document. */
export function normalized(resource: Resource, authorizations: Authorizations | undefined): Resource {
  const methods = Object.entries(resource.resourceMethods ?? {}).map(([key, method]): [string, Method] => {
    const name = methodName(key);
    const { authorizationType, methodIntegration } = method;
    return [
      name,
      {
        ...method,
        authorizationType: authorizationType ?? authorizations?.of(resource.path, name),
        methodIntegration: methodIntegration && {
          ...methodIntegration,
          type: methodIntegration.type.toUpperCase(),
        },
      },
    ];
  });
  return { ...resource, resourceMethods: Object.fromEntries(methods) };
}

function methodName(key: string): string {
  return key.toLowerCase() === ANY ? "ANY" : key.toUpperCase();
}
