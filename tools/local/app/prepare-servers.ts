import { readConfig } from '#shared/config/config.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { type Part, PrepareError, prepareServers } from '#shared/system/prepare-servers.ts';

/** EX_TEMPFAIL: the server does not answer; trying again may help. */
const UNREACHABLE_EXIT = 75;

function partOf(argument: string | undefined): Part | undefined {
  return argument === 'databases' || argument === 'topics' ? argument : undefined;
}

/**
 * Makes databases, tables and topics ready: `node dist/local/prepare.js [databases|topics]`. Ends with 75 when a server does
 * not answer and with 1 for everything that does not heal by itself; the last line says why.
 */
async function main(): Promise<number> {
  try {
    readConfig(process.env);
    await prepareServers((line) => console.log(line), partOf(process.argv[2]));
    return 0;
  } catch (error) {
    console.error(errorText(error));
    return error instanceof PrepareError && error.isUnreachable ? UNREACHABLE_EXIT : 1;
  }
}

void main().then((code) => process.exit(code));
