import { StartError } from '../cli/start-error.mjs';
import { portVariables } from '../config/settings.mjs';
import { isPortTaken } from '../process/ports.mjs';

/**
 * @typedef {import('../config/settings.mjs').Settings} Settings
 * @typedef {keyof import('../config/settings.mjs').Ports} PortName
 */

/**
 * What each port is for.
 * @type {Record<PortName, string>}
 */
export const portUses = {
  http: 'the API',
  emailHttp: "the API's second port",
  lambda: "serverless-offline's invoke port",
  mysql: 'MariaDB/MySQL',
  redis: 'Redis',
  kafka: 'Kafka',
  mail: 'the mail catcher (SMTP)',
  mailUi: "the mail catcher's web page",
};

/**
 * The ports that a start is going to listen on.
 * @param {Settings} settings
 * @param {{ withApp: boolean, except?: readonly string[] }} options services that run already, and are ours
 * @returns {PortName[]}
 */
export function portsInUse({ local }, { withApp, except = [] }) {
  /** @type {PortName[]} */
  const names = withApp ? ['http', 'emailHttp', 'lambda'] : [];
  for (const service of local.filter((name) => !except.includes(name))) {
    names.push(service);
    if (service === 'mail') names.push('mailUi');
  }
  return names;
}

/**
 * Makes sure, before anything is started, that every port is free and that none is asked for twice.
 * @param {Settings} settings
 * @param {PortName[]} names
 * @throws {StartError} one line for each port, with the variable that changes it
 */
export async function requireFreePorts({ ports, host }, names) {
  const problems = findDoubles(ports, names);
  const isHttp = (/** @type {PortName} */ name) => name === 'http' || name === 'emailHttp' || name === 'lambda';
  const taken = await Promise.all(names.map((name) => isPortTaken(ports[name], isHttp(name) ? host : '127.0.0.1')));
  for (const [index, name] of names.entries()) {
    if (taken[index])
      problems.push(
        `port ${ports[name]} (${portUses[name]}) is in use: stop what listens there, or set ${portVariables[name][0]}`,
      );
  }
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}

/**
 * @param {import('../config/settings.mjs').Ports} ports
 * @param {PortName[]} names
 */
function findDoubles(ports, names) {
  /** @type {Map<number, PortName>} */
  const seen = new Map();
  /** @type {string[]} */
  const problems = [];
  for (const name of names) {
    const other = seen.get(ports[name]);
    if (other !== undefined)
      problems.push(`${portVariables[other][0]} and ${portVariables[name][0]} are both ${ports[name]}: change one`);
    seen.set(ports[name], name);
  }
  return problems;
}
