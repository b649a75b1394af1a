import { histories } from '#migrations/history.ts';
import { readConfig } from '#shared/config/config.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { type Part, PrepareError, prepareServers } from '#shared/system/prepare-servers.ts';
import { unreachableExit } from './prepare.ts';

function partOf(argument: string | undefined): Part | undefined {
  return argument === 'databases' || argument === 'topics' ? argument : undefined;
}

/**
 * Creates databases and tables, or topics, or both: `node dist/tools/local/app/prepare-servers.js [databases|topics]`. The exit
 * code is 75 when a server does not answer and 1 when a retry cannot help; the last line gives the reason.
 */
async function main(): Promise<number> {
  try {
    readConfig(process.env);
    await prepareServers(histories, (line) => console.log(line), partOf(process.argv[2]));
    return 0;
  } catch (error) {
    console.error(errorText(error));
    return error instanceof PrepareError && error.isUnreachable ? unreachableExit : 1;
  }
}

void main().then((code) => process.exit(code));
