import { escapeXml, type HttpResponse } from "../http";
import type { Call } from "../routing";

/** Descriptions of security group rules: moto keeps only those of rules with a CIDR. */
export class SecurityGroupRules {
  private readonly descriptions = new Map<string, string>();

  /** Adds the descriptions to the response of a call on rules. */
  complete({ action, request }: Call, response: HttpResponse): HttpResponse {
    if (response.status >= 300 || !/SecurityGroup(Rules|Ingress|Egress)$/.test(action)) return response;
    const form = new URLSearchParams(request.body.toString());
    const xml = response.body.toString();
    if (action.startsWith("Authorize")) this.keepNew(form, xml);
    if (action === "ModifySecurityGroupRules") this.keepModified(form);
    const body = Buffer.from(this.described(xml));
    return { ...response, body, headers: { ...response.headers, "content-length": String(body.length) } };
  }

  // The response lists the new rules in the order of their sources in the request.
  private keepNew(form: URLSearchParams, xml: string): void {
    const ids = [...xml.matchAll(/<securityGroupRuleId>([^<]+)</g)].map(([, id]) => id ?? "");
    const sources = [...form.keys()]
      .filter(
        (key) => /\.(CidrIp|CidrIpv6|GroupId|PrefixListId)$/.test(key) && key.startsWith("IpPermissions."),
      )
      .map((key) => key.slice(0, key.lastIndexOf(".")));
    sources.forEach((source, index) => {
      const description = form.get(`${source}.Description`);
      const id = ids[index];
      if (id && description) this.descriptions.set(id, description);
    });
  }

  private keepModified(form: URLSearchParams): void {
    for (const [key, id] of form) {
      if (!/^SecurityGroupRule\.\d+\.SecurityGroupRuleId$/.test(key)) continue;
      const description = form.get(key.replace(/SecurityGroupRuleId$/, "SecurityGroupRule.Description"));
      if (description) this.descriptions.set(id, description);
      else this.descriptions.delete(id);
    }
  }

  private described(xml: string): string {
    return xml.replace(
      /<item>(?:(?!<item>)[\s\S])*?<securityGroupRuleId>([^<]+)<\/securityGroupRuleId>/g,
      (item, id) => {
        const description = this.descriptions.get(id);
        return description ? `${item}<description>${escapeXml(description)}</description>` : item;
      },
    );
  }
}
