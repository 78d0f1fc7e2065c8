const vm = require("node:vm");
const { TestEnvironment: NodeEnvironment } = require("jest-environment-node");

// Jest compiles each file in a context whose every global is looked up in a Proxy: a fourth of a simulation's time.
const replaced = new WeakSet();
const { compileFunction } = vm;
vm.compileFunction = (code, parameters, { parsingContext, ...options } = {}) =>
  compileFunction(code, parameters, replaced.has(parsingContext) ? options : { ...options, parsingContext });

/** Runs tests in the context of Node itself, and leaves there what it found. */
class SimulationEnvironment extends NodeEnvironment {
  constructor(...options) {
    super(...options);
    replaced.add(this.context);
    this.global = globalThis;
    this.globals = Object.getOwnPropertyDescriptors(globalThis);
    this.variables = { ...process.env };
    this.exit = process.exit;
  }

  async teardown() {
    for (const key of Reflect.ownKeys(globalThis)) {
      const former = this.globals[key];
      if (!former) Reflect.deleteProperty(globalThis, key);
      else if (former.configurable) Object.defineProperty(globalThis, key, former);
    }
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, this.variables);
    process.exit = this.exit;
    await super.teardown();
  }
}

module.exports = SimulationEnvironment;
