import { rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../aws-error";
import { type HttpResponse, jsonResponse } from "../http";
import type { Call, Caller } from "../routing";
import { askQuery, type Upstream } from "../upstream";
import { Addresses, type Endpoint, findAddress, hasOwn } from "./addresses";
import { checkInstalled, checkMasterUser, checkPassword, invalid, invalidState, isTrue } from "./checks";
import { DatabaseServer, type ServerHost, type ServerOptions } from "./database-server";
import { Descriptions, keptFrom } from "./descriptions";
import { type Backup, Instance, type InstanceSettings } from "./instance";
import { ManagedSecrets, newPassword } from "./managed-secrets";
import { ParameterGroups } from "./parameter-groups";
import { readSettingCatalog, serverParameters } from "./parameters";
import { formOf, keyOf, textIn, withForm, withXml } from "./query";
import { type NetworkClient, type Reachability, SecurityGroups } from "./reachability";
import { newBackupFolder, Snapshots } from "./snapshots";
import { fullVersion, installedVersion, majorVersion } from "./versions";

export interface RdsOptions {
  forward(call: Call): Promise<HttpResponse>;
  upstream: Upstream;
  /** undefined: without servers, as in process */
  databases?: ServerHost;
  log(line: string): void;
}

/** A function or task that starts. */
export interface StartedClient {
  caller: Caller;
  /** as log lines have it, e.g. "function read" */
  name: string;
  /** undefined: in no VPC */
  network?: NetworkClient;
  /** values of its variables */
  values: string[];
}

type Start = (options: ServerOptions) => Promise<DatabaseServer>;

/** What disturbs an instance. */
export type Disturbance = "unreachable" | "too-many-connections" | "crash" | "none";

/**
 * RDS with a PostgreSQL server behind each DB instance of the engine postgres. moto keeps what Terraform reads. Other engines
 * have no server.
 */
export class Rds {
  private readonly instances = new Map<string, Instance>();
  private readonly addresses = new Addresses();
  private readonly snapshots: Snapshots;
  private readonly groups: ParameterGroups;
  private readonly secrets: ManagedSecrets;
  private readonly securityGroups: SecurityGroups;
  private readonly descriptions = new Descriptions({
    instance: (caller, id) => this.instances.get(keyOf(caller, id)),
    replicas: (instance) => this.replicasOf(instance).map(({ settings }) => settings.id),
    snapshot: (caller, id) => this.snapshots.find(caller, id),
  });

  constructor(private readonly options: RdsOptions) {
    this.secrets = new ManagedSecrets(options.upstream);
    this.securityGroups = new SecurityGroups(options.upstream);
    this.snapshots = new Snapshots({
      forward: options.forward,
      instance: (caller, id) => this.instances.get(keyOf(caller, id)),
      newFolder: () => newBackupFolder(this.host),
    });
    this.groups = new ParameterGroups({
      forward: options.forward,
      changed: (caller, group) => this.applyToUsers(caller, group),
    });
  }

  /** Stops all servers and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.instances.values()].map((instance) => instance.inTurn(() => remove(instance))),
    );
  }

  async handle(call: Call): Promise<HttpResponse> {
    if (!this.options.databases) return this.options.forward(call);
    const response = await this.answer(this.descriptions.withIdentifiers(call));
    return response.status < 300
      ? withXml(response, this.descriptions.complete(call, response.body.toString()))
      : response;
  }

  /** Answers a call on a secret that RDS manages; undefined for any other call. */
  async handleSecret(call: Call): Promise<HttpResponse | undefined> {
    const asked = JSON.parse(call.request.body.toString() || "{}") as {
      SecretId?: string;
      RotateImmediately?: boolean;
    };
    const instance = this.ofSecret(call, asked.SecretId ?? "");
    const arn = instance?.settings.secretArn;
    if (!instance || !arn) return undefined;
    switch (call.action) {
      case "RotateSecret": {
        const Name = arn.replace(/^.*:secret:/, "").replace(/-\w{6}$/, "");
        const VersionId = asked.RotateImmediately === false ? undefined : await this.rotate(instance);
        return jsonResponse({ ARN: arn, Name, VersionId });
      }
      case "DescribeSecret": {
        const response = await this.options.forward(call);
        if (response.status >= 300) return response;
        // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
        return jsonResponse({
          ...JSON.parse(response.body.toString()),
          RotationEnabled: true,
          RotationRules: { AutomaticallyAfterDays: 7 },
        });
      }
      case "DeleteSecret":
      case "PutSecretValue":
      case "UpdateSecret":
        throw new AwsError(
          "InvalidRequestException",
          `The secret ${arn} is managed by rds, which alone can change or delete it: rotate it, or modify the instance.`,
        );
      default:
        return undefined;
    }
  }

  /** The instances of an account and region that have a server. */
  in({ account, region }: Caller): Instance[] {
    return [...this.instances.values()].filter(
      ({ caller }) => caller.account === account && caller.region === region,
    );
  }

  /** Disturbs an instance until the next disturbance; `crash` is over when its server has restarted. */
  async disturb(caller: Caller, id: string, disturbance: Disturbance): Promise<void> {
    const instance = this.find(caller, id);
    await instance.inTurn(async () => {
      const server = instance.running;
      server.freeze(false);
      await server.limitConnections(disturbance === "too-many-connections");
      if (disturbance === "unreachable") server.freeze(true);
      if (disturbance === "crash") {
        await server.stop(true);
        await server.start();
      }
    });
  }

  /** Whether the deployed security groups allow a function or task to connect to an instance. */
  async mayConnect(caller: Caller, id: string, client: NetworkClient): Promise<Reachability> {
    const instance = this.find(caller, id);
    const description = await this.askMoto(instance, "DescribeDBInstances", {});
    return this.securityGroups.mayConnect(caller, client, { ...instance.settings, description });
  }

  /** Logs each database that a new function or task has in its variables and cannot reach on AWS. */
  async logUnreachable({ caller, name, network, values }: StartedClient): Promise<void> {
    for (const { settings } of this.in(caller)) {
      const { address, id, port, secretArn } = settings;
      const isOwn = address !== "" && address !== "127.0.0.1";
      const marks = [secretArn, isOwn ? address : `${address}:${port}`].filter((mark) => mark !== undefined);
      if (!values.some((value) => marks.some((mark) => value.includes(mark)))) continue;
      const { reason } = network ? await this.mayConnect(caller, id, network) : { reason: "it is in no VPC" };
      if (reason)
        this.options.log(
          `rds: ${name} cannot connect to the database ${id} on AWS: ${reason}. Local AWS does not enforce this.`,
        );
    }
  }

  private answer(call: Call): Promise<HttpResponse> {
    switch (call.action) {
      case "CreateDBInstance":
        return this.create(call);
      case "CreateDBInstanceReadReplica":
        return this.createReplica(call);
      case "RestoreDBInstanceFromDBSnapshot":
        return this.restoreSnapshot(call);
      case "RestoreDBInstanceToPointInTime":
        return this.restoreToPointInTime(call);
      case "ModifyDBInstance":
        return this.modify(call);
      case "RebootDBInstance":
        return this.reboot(call);
      case "StopDBInstance":
        return this.stopInstance(call);
      case "StartDBInstance":
        return this.startInstance(call);
      case "DeleteDBInstance":
        return this.delete(call);
      case "PromoteReadReplica":
        return this.promote(call);
      default:
        return this.groups.handle(call) ?? this.snapshots.handle(call) ?? this.options.forward(call);
    }
  }

  private async create(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const engine = form.get("Engine");
    if (engine !== "postgres") {
      this.options.log(
        `rds CreateDBInstance ${form.get("DBInstanceIdentifier")}: local AWS runs databases of the engine postgres only, so nothing listens at the endpoint of this ${engine} database`,
      );
      return this.options.forward(call);
    }
    this.checkUnused(call, form.get("DBInstanceIdentifier") ?? "");
    checkInstalled();
    checkMasterUser(form);
    const engineVersion = await fullVersion(form.get("EngineVersion"));
    const response = await this.options.forward(
      withForm(call, {
        EngineVersion: engineVersion,
        LicenseModel: form.get("LicenseModel") ?? "postgresql-license",
      }),
    );
    if (response.status >= 300) return response;
    const instance = this.add(call, response);
    const { masterUser, secretArn } = instance.settings;
    const password = secretArn ? newPassword() : (form.get("MasterUserPassword") ?? "");
    if (secretArn) await this.secrets.create(call, secretArn, masterUser, password);
    const dbName = form.get("DBName") ?? undefined;
    this.launch(instance, (options) => DatabaseServer.create(options, { masterUser, password, dbName }));
    return response;
  }

  private async createReplica(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const source = this.instances.get(keyOf(call, form.get("SourceDBInstanceIdentifier") ?? ""));
    if (!source) return this.options.forward(call);
    if (source.status !== "available") throw invalidState(source.settings.id, source.status);
    if (source.settings.retentionDays === 0)
      throw new AwsError(
        "InvalidDBInstanceState",
        "Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.",
      );
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
    if (source.settings.secretArn)
      throw new AwsError(
        "InvalidDBInstanceState",
        `A read replica cannot be created of ${source.settings.id}, since its master user password is managed in Secrets Manager.`,
      );
    // moto gives a replica the backups of its source. On AWS it has none.
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    const instance = this.add(call, response, source.settings);
    instance.settings.source = source.settings.id;
    instance.settings.retentionDays = 0;
    this.launch(instance, (options) =>
      source.inTurn(() => DatabaseServer.replicate(source.running, options)),
    );
    return response;
  }

  private async restoreSnapshot(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const name = form.get("DBSnapshotIdentifier") ?? "";
    const snapshot = this.snapshots.find(call, name) ?? this.snapshots.automated(call, name);
    if (!snapshot) {
      const response = await this.options.forward(call);
      if (response.status < 300)
        this.options.log(`rds ${call.action} ${name}: local AWS has no data of this snapshot`);
      return response;
    }
    if (snapshot.status !== "available")
      throw new AwsError(
        "InvalidDBSnapshotState",
        `The snapshot ${name} is not available: its status is ${snapshot.status}.`,
      );
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    const instance = await this.addRestored(call, response, snapshot.settings);
    this.launch(instance, async (options) => {
      const server = await DatabaseServer.restore(snapshot.backup.folder, options);
      return this.withManagedPassword(instance, server);
    });
    return response;
  }

  private async restoreToPointInTime(given: Call): Promise<HttpResponse> {
    const resourceId = formOf(given).get("SourceDbiResourceId");
    const byResource = this.in(given).find((each) => each.resourceId === resourceId);
    const call = byResource
      ? withForm(given, {
          SourceDbiResourceId: undefined,
          SourceDBInstanceIdentifier: byResource.settings.id,
        })
      : given;
    const form = formOf(call);
    const source = this.instances.get(keyOf(call, form.get("SourceDBInstanceIdentifier") ?? ""));
    if (!source) return this.options.forward(call);
    const { base } = source;
    if (!base)
      throw new AwsError(
        "PointInTimeRestoreNotEnabled",
        `The instance ${source.settings.id} has no automated backups: its backup retention period is 0, or it has just been created.`,
      );
    const until = restoreTime(form, base);
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    const instance = await this.addRestored(call, response, source.settings);
    this.launch(instance, async (options) => {
      const server = await source.inTurn(() =>
        DatabaseServer.restoreUntil(base.folder, source.running, until, options),
      );
      return this.withManagedPassword(instance, server);
    });
    return response;
  }

  private async modify(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const instance = this.instances.get(keyOf(call, form.get("DBInstanceIdentifier") ?? ""));
    if (!instance) return this.options.forward(call);
    checkUsable(instance);
    checkPassword(form);
    const { settings } = instance;
    const rotates = isTrue(form, "RotateMasterUserPassword");
    if (rotates && !isTrue(form, "ApplyImmediately"))
      throw new AwsError(
        "InvalidParameterCombination",
        "You must specify apply immediately when rotating the master user password.",
      );
    const version = form.get("EngineVersion");
    const name = form.get("NewDBInstanceIdentifier");
    if (name) this.checkUnused(call, name);
    const response = await this.options.forward(
      withForm(call, {
        // moto would write a version without a value.
        RotateMasterUserPassword: undefined,
        // moto would make another secret of an instance that has one.
        ...(settings.secretArn && isTrue(form, "ManageMasterUserPassword")
          ? { ManageMasterUserPassword: undefined, MasterUserSecretKmsKeyId: undefined }
          : {}),
        ...(version ? { EngineVersion: await fullVersion(version) } : {}),
      }),
    );
    if (response.status >= 300) return response;
    const before = settings.secretArn;
    if (name && name.toLowerCase() !== settings.id) this.rename(instance, name);
    Object.assign(settings, settingsIn(response.body.toString(), settings.id), {
      retentionDays: Number(form.get("BackupRetentionPeriod") ?? settings.retentionDays),
      kept: { ...settings.kept, ...keptFrom(form) },
    });
    const password = form.get("MasterUserPassword");
    if (rotates) await this.rotate(instance);
    else if (settings.secretArn && !before) await this.manage(instance, settings.secretArn);
    else if (password)
      void instance.run(
        "resetting-master-credentials",
        () => instance.running.setPassword(settings.masterUser, password),
        { failed: "available" },
      );
    const port = Number(form.get("DBPortNumber") ?? settings.port);
    if (port !== settings.port) {
      settings.port = port;
      void instance.run("modifying", () => this.changePort(instance, port));
    }
    if (settings.retentionDays > 0 && !instance.base && !settings.source)
      void instance.run("backing-up", () => this.backUp(instance));
    if (form.has("DBParameterGroupName")) await this.applyParameters(instance);
    return response;
  }

  private async reboot(call: Call): Promise<HttpResponse> {
    const instance = this.instances.get(keyOf(call, formOf(call).get("DBInstanceIdentifier") ?? ""));
    if (instance) checkUsable(instance);
    const response = await this.options.forward(call);
    if (response.status >= 300 || !instance) return response;
    void instance.run(
      "rebooting",
      async () => {
        instance.running.apply(await this.parametersOf(instance));
        await instance.running.stop();
        await instance.running.start();
      },
      { failed: "incompatible-parameters" },
    );
    return response;
  }

  private async stopInstance(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const instance = this.instances.get(keyOf(call, form.get("DBInstanceIdentifier") ?? ""));
    if (instance && instance.status !== "available")
      throw invalidState(instance.settings.id, instance.status);
    if (instance && (instance.settings.source || this.replicasOf(instance).length > 0))
      throw new AwsError(
        "InvalidDBInstanceState",
        `The instance ${instance.settings.id} cannot be stopped, since it has or is a read replica.`,
      );
    const response = await this.options.forward(call);
    if (response.status >= 300 || !instance) return response;
    const snapshot = form.get("DBSnapshotIdentifier");
    if (snapshot) void this.snapshots.take(instance, snapshot);
    void instance.run("stopping", () => instance.running.stop(), { after: "stopped" });
    return response;
  }

  private async startInstance(call: Call): Promise<HttpResponse> {
    const instance = this.instances.get(keyOf(call, formOf(call).get("DBInstanceIdentifier") ?? ""));
    if (instance && instance.status !== "stopped")
      throw invalidState(instance.settings.id, instance.status, "stopped");
    const response = await this.options.forward(call);
    if (response.status >= 300 || !instance) return response;
    void instance.run(
      "starting",
      async () => {
        instance.running.apply(await this.parametersOf(instance));
        await instance.running.start();
      },
      { failed: "incompatible-parameters" },
    );
    return response;
  }

  private async delete(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const id = form.get("DBInstanceIdentifier") ?? "";
    const instance = this.instances.get(keyOf(call, id));
    if (!instance) return this.options.forward(call);
    const final = form.get("FinalDBSnapshotIdentifier");
    const skips = isTrue(form, "SkipFinalSnapshot");
    if (skips === Boolean(final))
      throw new AwsError(
        "InvalidParameterCombination",
        skips
          ? "FinalDBSnapshotIdentifier can not be specified when skipping the final snapshot."
          : "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
      );
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    instance.status = "deleting";
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
    for (const replica of this.replicasOf(instance)) {
      await this.promoteInMoto(replica);
      await replica.inTurn(() => replica.running.promote());
      replica.settings.source = undefined;
    }
    if (final) await this.snapshots.take(instance, final, "deleting");
    await instance.inTurn(() => remove(instance));
    this.instances.delete(keyOf(call, id));
    return response;
  }

  private async promote(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const instance = this.instances.get(keyOf(call, form.get("DBInstanceIdentifier") ?? ""));
    if (instance && !instance.settings.source)
      throw new AwsError(
        "InvalidDBInstanceState",
        `The instance ${instance.settings.id} is not a read replica.`,
      );
    const response = await this.options.forward(call);
    if (response.status >= 300 || !instance) return response;
    instance.settings.source = undefined;
    instance.settings.retentionDays = Number(form.get("BackupRetentionPeriod") ?? 1);
    void instance.run("modifying", async () => {
      await instance.running.promote();
      if (instance.settings.retentionDays > 0) await this.backUp(instance);
    });
    return response;
  }

  /** Adds the instance that a response describes. */
  private add(call: Call, { body }: HttpResponse, like?: InstanceSettings): Instance {
    const form = formOf(call);
    const id = form.get("TargetDBInstanceIdentifier") ?? form.get("DBInstanceIdentifier") ?? "";
    const settings: InstanceSettings = {
      ...like,
      ...settingsIn(body.toString(), id),
      port: Number(form.get("Port") ?? textIn(body.toString(), "DbInstancePort") ?? like?.port ?? 5432),
      masterUser: textIn(body.toString(), "MasterUsername") ?? "",
      address: "",
      source: undefined,
      kept: { ...like?.kept, ...keptFrom(form) },
    };
    const { account, region } = call;
    const instance = new Instance({ account, region }, settings, this.options.log);
    this.instances.set(keyOf(call, id), instance);
    return instance;
  }

  /** A restored instance has the password of its data, unless a managed one is asked for. */
  private async addRestored(call: Call, response: HttpResponse, like: InstanceSettings): Promise<Instance> {
    const instance = this.add(call, response, like);
    const { settings } = instance;
    if (settings.secretArn && !isTrue(formOf(call), "ManageMasterUserPassword")) {
      settings.secretArn = undefined;
      await this.askMoto(instance, "ModifyDBInstance", { ManageMasterUserPassword: "false" });
    }
    return instance;
  }

  private async withManagedPassword(instance: Instance, server: DatabaseServer): Promise<DatabaseServer> {
    const { masterUser, secretArn } = instance.settings;
    if (!secretArn) return server;
    const password = newPassword();
    await server.setPassword(masterUser, password);
    await this.secrets.create(instance.caller, secretArn, masterUser, password);
    return server;
  }

  /** Starts the server of a new instance. The instance is available when it accepts connections. */
  private launch(instance: Instance, start: Start): void {
    void instance.run("creating", async () => {
      const { settings } = instance;
      const { address, port } = await this.addresses.find(keyOf(instance.caller, settings.id), settings.port);
      settings.address = address;
      settings.port = port;
      const installed = await installedVersion();
      if (majorVersion(settings.engineVersion) !== majorVersion(installed))
        this.options.log(
          `rds: ${settings.id} is described with version ${settings.engineVersion}; its server is PostgreSQL ${installed}`,
        );
      instance.server = await start({
        host: this.host,
        address,
        port,
        parameters: await this.parametersOf(instance),
      });
      if (settings.retentionDays > 0 && !settings.source) await this.backUp(instance);
    });
  }

  private async changePort(instance: Instance, asked: number): Promise<void> {
    const { settings } = instance;
    await this.moveTo(
      instance,
      hasOwn(settings) ? { address: settings.address, port: asked } : await findAddress(asked),
    );
  }

  private async moveTo(instance: Instance, { address, port }: Endpoint): Promise<void> {
    await instance.running.moveTo(address, port);
    Object.assign(instance.settings, { address, port });
    for (const replica of this.replicasOf(instance))
      void replica.run("modifying", async () => {
        await replica.running.stop();
        await replica.running.start();
      });
  }

  /** Takes the backup from which later states are restored. */
  private async backUp(instance: Instance): Promise<void> {
    const folder = join(newBackupFolder(this.host), "data");
    await instance.running.backUp(folder);
    instance.base = { folder, takenAt: new Date() };
  }

  private async rotate(instance: Instance): Promise<string> {
    const { masterUser, id, secretArn } = instance.settings;
    if (!secretArn) throw invalid(`The master user password of ${id} is not managed in Secrets Manager.`);
    if (instance.status !== "available")
      throw new AwsError(
        "InvalidRequestException",
        `The password of ${id} cannot be rotated: the status of the instance is ${instance.status}.`,
      );
    const password = newPassword();
    return instance.inTurn(async () => {
      await instance.running.setPassword(masterUser, password);
      return this.secrets.replace(instance.caller, secretArn, masterUser, password);
    });
  }

  /** Puts the password of an instance under the management of Secrets Manager. */
  private async manage(instance: Instance, secretArn: string): Promise<void> {
    const password = newPassword();
    const { masterUser } = instance.settings;
    await this.secrets.create(instance.caller, secretArn, masterUser, password);
    void instance.run("resetting-master-credentials", () =>
      instance.running.setPassword(masterUser, password),
    );
  }

  /**
   * The address belongs to the identifier, as a DNS name does. RDS restarts the instance:
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
   */
  private rename(instance: Instance, name: string): void {
    const { caller, settings } = instance;
    const id = name.toLowerCase();
    const key = keyOf(caller, id);
    for (const replica of this.replicasOf(instance)) replica.settings.source = id;
    this.instances.delete(keyOf(caller, settings.id));
    instance.renamedFrom = settings.id;
    settings.id = id;
    this.instances.set(key, instance);
    void instance
      .run("renaming", async () => this.moveTo(instance, await this.addresses.find(key, settings.port)))
      .then(() => {
        instance.renamedFrom = undefined;
      });
  }

  /** An identifier is in use until its instance has another one. */
  private checkUnused(caller: Caller, id: string): void {
    if (this.in(caller).some(({ renamedFrom }) => renamedFrom === id.toLowerCase()))
      throw new AwsError("DBInstanceAlreadyExists", "DB instance already exists");
  }

  private async applyToUsers(caller: Caller, group: string): Promise<void> {
    for (const instance of this.in(caller))
      if (instance.settings.parameterGroup === group.toLowerCase()) await this.applyParameters(instance);
  }

  private async applyParameters(instance: Instance): Promise<void> {
    const parameters = await this.parametersOf(instance);
    await instance.inTurn(async () => instance.server?.apply(parameters));
  }

  private async parametersOf({ caller, settings }: Instance) {
    const parameters = serverParameters(
      await readSettingCatalog(),
      this.groups.of(caller, settings.parameterGroup),
      { major: majorVersion(settings.engineVersion), instanceClass: settings.instanceClass },
    );
    if (parameters.ignored.length > 0)
      this.options.log(
        `rds: parameters of ${settings.parameterGroup} without effect on ${settings.id}: ${parameters.ignored.join(", ")}`,
      );
    return parameters;
  }

  private replicasOf({ caller, settings: { id } }: Instance): Instance[] {
    return this.in(caller).filter(({ settings }) => settings.source === id);
  }

  private ofSecret(caller: Caller, nameOrArn: string): Instance | undefined {
    return this.in(caller).find(
      ({ settings: { secretArn = "" } }) =>
        secretArn !== "" &&
        (secretArn === nameOrArn || secretArn.replace(/-\w{6}$/, "").endsWith(`:${nameOrArn}`)),
    );
  }

  private find(caller: Caller, id: string): Instance {
    const instance = this.instances.get(keyOf(caller, id));
    if (!instance) throw new AwsError("DBInstanceNotFound", `DBInstance ${id} not found.`, 404);
    return instance;
  }

  private promoteInMoto(replica: Instance): Promise<string> {
    return this.askMoto(replica, "PromoteReadReplica", {});
  }

  private askMoto(
    { caller, settings }: Instance,
    Action: string,
    more: Record<string, string>,
  ): Promise<string> {
    return askQuery(this.options.upstream, caller, "rds", {
      Action,
      Version: "2014-10-31",
      DBInstanceIdentifier: settings.id,
      ...more,
    });
  }

  private get host(): ServerHost {
    const { databases } = this.options;
    if (!databases) throw new Error("local AWS in process has no databases");
    return databases;
  }
}

/** With other parameters, an instance whose parameters its server does not start with is available again. */
function checkUsable({ settings, status }: Instance): void {
  if (status !== "available" && status !== "incompatible-parameters") throw invalidState(settings.id, status);
}

async function remove(instance: Instance): Promise<void> {
  await instance.server?.remove();
  if (instance.base) rmSync(join(instance.base.folder, ".."), { recursive: true, force: true });
}

/** What the description of an instance by moto says of it. */
function settingsIn(xml: string, id: string) {
  return {
    id: id.toLowerCase(),
    instanceClass: textIn(xml, "DBInstanceClass") ?? "",
    engineVersion: textIn(xml, "EngineVersion") ?? "",
    parameterGroup: textIn(xml, "DBParameterGroupName") ?? "",
    retentionDays: Number(textIn(xml, "BackupRetentionPeriod") ?? 0),
    secretArn: textIn(xml, "SecretArn"),
  };
}

/** The time until which to restore; undefined: the latest state. */
function restoreTime(form: URLSearchParams, base: Backup): Date | undefined {
  const latest = isTrue(form, "UseLatestRestorableTime");
  const time = form.get("RestoreTime");
  if (latest === (time !== null))
    throw new AwsError(
      "InvalidParameterCombination",
      "Exactly one of RestoreTime and UseLatestRestorableTime must be specified.",
    );
  if (time === null) return undefined;
  const until = new Date(time);
  if (!(until >= base.takenAt && until.getTime() <= Date.now()))
    throw invalid(
      `RestoreTime is ${time}; allowed: from ${base.takenAt.toISOString()}, when the first backup was complete, to now.`,
    );
  return until;
}
