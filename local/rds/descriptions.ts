import type { Call, Caller } from "../routing";
import type { Instance } from "./instance";
import { newResourceId } from "./instance";
import { formOf, mapElements, setChild, setText, textIn, withForm } from "./query";
import type { Snapshot } from "./snapshots";

interface Lookups {
  instance(caller: Caller, id: string): Instance | undefined;
  replicas(instance: Instance): string[];
  snapshot(caller: Caller, id: string): Snapshot | undefined;
}

/** Elements of a description that moto does not keep, by the parameter that sets them. */
const KEPT: Record<string, string> = {
  CACertificateIdentifier: "CACertificateIdentifier",
  DatabaseInsightsMode: "DatabaseInsightsMode",
  DedicatedLogVolume: "DedicatedLogVolume",
  EnableCustomerOwnedIp: "CustomerOwnedIpEnabled",
  EnablePerformanceInsights: "PerformanceInsightsEnabled",
  EngineLifecycleSupport: "EngineLifecycleSupport",
  NetworkType: "NetworkType",
  PerformanceInsightsKMSKeyId: "PerformanceInsightsKMSKeyId",
  PerformanceInsightsRetentionPeriod: "PerformanceInsightsRetentionPeriod",
};

/** What an instance has when its request does not say it. */
const DEFAULTS: Record<string, string> = {
  BackupTarget: "region",
  CACertificateIdentifier: "rds-ca-rsa2048-g1",
  CustomerOwnedIpEnabled: "false",
  DatabaseInsightsMode: "standard",
  DedicatedLogVolume: "false",
  EngineLifecycleSupport: "open-source-rds-extended-support",
  NetworkType: "IPV4",
  PerformanceInsightsEnabled: "false",
};

/** The elements that a request sets and moto does not keep. */
export function keptFrom(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    Object.entries(KEPT).flatMap(([parameter, element]) => {
      const value = form.get(parameter);
      return value === null ? [] : [[element, value]];
    }),
  );
}

/** Corrects and completes how moto describes instances and snapshots. */
export class Descriptions {
  private readonly resourceIds = new Map<string, string>();

  constructor(private readonly lookups: Lookups) {}

  complete(caller: Caller, xml: string): string {
    return mapElements(
      mapElements(xml, "DBInstance", (element) => this.instance(caller, element)),
      "DBSnapshot",
      (element) => this.snapshot(caller, element),
    );
  }

  /** A call that asks for an instance by its resource id, which moto has once for all, asks for it by its identifier. */
  withIdentifiers(call: Call): Call {
    const form = formOf(call);
    const changes: Record<string, string | undefined> = {};
    for (const [key, value] of form) {
      if (value !== "dbi-resource-id" || !/^Filters\.Filter\.\d+\.Name$/.test(key)) continue;
      changes[key] = "db-instance-id";
      const filter = key.replace(/Name$/, "Values.");
      for (const [name, id] of form)
        if (name.startsWith(filter))
          changes[name] = this.identifierOf(call, id) ?? "none-has-this-resource-id";
    }
    const asked = form.get("DbiResourceId");
    if (asked) {
      changes.DbiResourceId = undefined;
      changes.DBInstanceIdentifier = this.identifierOf(call, asked) ?? "none-has-this-resource-id";
    }
    return Object.keys(changes).length > 0 ? withForm(call, changes) : call;
  }

  private instance(caller: Caller, element: string): string {
    const id = textIn(element, "DBInstanceIdentifier") ?? "";
    const instance = this.lookups.instance(caller, id);
    let result = setText(element, "DbiResourceId", this.resourceIdOf(caller, id));
    if (!instance) return result;
    const { settings, status } = instance;
    result = setText(result, "DBInstanceStatus", status);
    const hasEndpoint = settings.address !== "" && status !== "creating";
    const endpoint = `<Address>${settings.address}</Address><Port>${settings.port}</Port>`;
    result = setChild(result, "Endpoint", hasEndpoint ? endpoint : undefined);
    result = setText(result, "DbInstancePort", "0");
    result = setText(result, "BackupRetentionPeriod", String(settings.retentionDays));
    if (!instance.base) result = setText(result, "LatestRestorableTime", undefined);
    for (const [name, value] of Object.entries({ ...DEFAULTS, ...settings.kept }))
      result = setText(result, name, value);
    if (settings.kept.PerformanceInsightsEnabled === "true")
      result = setText(
        result,
        "PerformanceInsightsRetentionPeriod",
        settings.kept.PerformanceInsightsRetentionPeriod ?? "7",
      );
    const replicas = this.lookups
      .replicas(instance)
      .map((each) => `<ReadReplicaDBInstanceIdentifier>${each}</ReadReplicaDBInstanceIdentifier>`);
    result = setChild(result, "ReadReplicaDBInstanceIdentifiers", replicas.join(""));
    result = setText(result, "ReadReplicaSourceDBInstanceIdentifier", settings.source);
    if (!settings.secretArn) result = setChild(result, "MasterUserSecret", undefined);
    if (instance.server?.needsRestart) result = setText(result, "ParameterApplyStatus", "pending-reboot");
    return result.replace(/>default:postgres-(\d+)-[\d-]+</g, ">default:postgres-$1<");
  }

  private snapshot(caller: Caller, element: string): string {
    const snapshot = this.lookups.snapshot(caller, textIn(element, "DBSnapshotIdentifier") ?? "");
    const id = textIn(element, "DBInstanceIdentifier") ?? "";
    const result = setText(element, "DbiResourceId", snapshot?.resourceId ?? this.resourceIdOf(caller, id));
    if (!snapshot) return result;
    return setText(
      setText(result, "Status", snapshot.status),
      "PercentProgress",
      snapshot.status === "available" ? "100" : "0",
    );
  }

  private resourceIdOf(caller: Caller, id: string): string {
    const own = this.lookups.instance(caller, id)?.resourceId;
    const key = keyOf(caller, id);
    const known = own ?? this.resourceIds.get(key) ?? newResourceId();
    this.resourceIds.set(key, known);
    return known;
  }

  private identifierOf(caller: Caller, resourceId: string): string | undefined {
    const prefix = keyOf(caller, "");
    for (const [key, known] of this.resourceIds)
      if (known === resourceId && key.startsWith(prefix)) return key.slice(prefix.length);
    return undefined;
  }
}

function keyOf({ account, region }: Caller, id: string): string {
  return `${account}/${region}/${id}`;
}
