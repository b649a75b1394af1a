import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import type { PortName, Ports, ServiceName, Settings } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { listenerOn } from '../process/listener.ts';
import { isPortTaken } from '../process/ports.ts';

/** The use of each port. */
export const portUses: Record<PortName, string> = {
  http: 'the API',
  emailHttp: "the API's second port",
  lambda: "serverless-offline's invoke port",
  mysql: 'MariaDB/MySQL',
  redis: 'Redis',
  kafka: 'Kafka',
  mail: 'the mail catcher (SMTP)',
  mailUi: "the mail catcher's web page",
};

/** The service that listens on a port; undefined for a port of the application. */
export function serviceOf(name: PortName): ServiceName | undefined {
  if (name === 'http' || name === 'emailHttp' || name === 'lambda') return undefined;
  return name === 'mailUi' ? 'mail' : name;
}

/**
 * The ports that a start will listen on.
 * @param options except: our own services that are already running
 */
export function portsInUse(
  { local }: Settings,
  { withApp, except = [] }: { withApp: boolean; except?: readonly string[] },
): PortName[] {
  const names: PortName[] = withApp ? ['http', 'emailHttp', 'lambda'] : [];
  for (const service of local.filter((name) => !except.includes(name))) {
    names.push(service);
    if (service === 'mail') names.push('mailUi');
  }
  return names;
}

/**
 * Checks, before anything is started, that every port is free and none is used twice.
 * @throws {StartError} one line for each port, with the variable that changes it
 */
export async function requireFreePorts({ ports, host }: Settings, names: PortName[]) {
  const problems = findDuplicates(ports, names);
  const listenHost = (name: PortName) => (serviceOf(name) === undefined ? host : '127.0.0.1');
  const taken = await Promise.all(names.map((name) => isPortTaken(ports[name], listenHost(name))));
  for (const [index, name] of names.entries()) {
    if (!taken[index]) continue;
    problems.push(await describeTaken(ports[name], portUses[name], `set ${LOCAL_PORTS[name][0]}`));
  }
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}

/**
 * One line about a port in use. It names the program that listens there where the system does.
 * @param change how to choose another port
 */
export async function describeTaken(port: number, use: string, change: string): Promise<string> {
  const listener = await listenerOn(port);
  const stop =
    listener === undefined ? 'is in use: stop the process that listens there' : `is in use by ${listener}: stop it`;
  return `port ${port} (${use}) ${stop}, or ${change}`;
}

function findDuplicates(ports: Ports, names: PortName[]) {
  const seen: Map<number, PortName> = new Map();
  const problems: string[] = [];
  for (const name of names) {
    const other = seen.get(ports[name]);
    if (other !== undefined)
      problems.push(
        `${LOCAL_PORTS[other][0]} and ${LOCAL_PORTS[name][0]} are both ${ports[name]}: set one to another port`,
      );
    seen.set(ports[name], name);
  }
  return problems;
}
