import { importPrices } from '@tollgate/policy';
import { systemClock } from '@tollgate/sdk';
import type { Command } from 'commander';
import { writeFile } from '../output/write-file.ts';
import { fileToWrite } from './file-to-write.ts';
import { collected } from './number-option.ts';
import { readText } from './read-text.ts';

interface ImportFlags {
  readonly out: string;
  readonly provider?: readonly string[];
}

/** `tollgate prices import`: prices of your own, or those of models.dev, as a file for configurations and commands. */
export function addPricesImport(prices: Command): void {
  prices
    .command('import')
    .description('check prices of your own, or the api.json of models.dev, and write them as a file of prices')
    .argument('<file>', 'JSON: a file of prices, one table, or what models.dev serves')
    .option('--out <file>', 'where to write', fileToWrite, 'tollgate.prices.json')
    .option('--provider <name>', 'only this provider; several times if wanted', collected)
    .action((path: string, flags: ImportFlags) => {
      const { file, notes } = importPrices(readText(path), {
        source: path,
        checked: new Date(systemClock.now()).toISOString().slice(0, 10),
        ...(flags.provider !== undefined && { providers: flags.provider }),
      });
      writeFile(flags.out, `${JSON.stringify(file, null, 2)}\n`);
      for (const note of notes) process.stderr.write(`${note}\n`);
      const models = file.tables.reduce((sum, table) => sum + table.models.length, 0);
      process.stderr.write(
        `${models} models of ${file.tables.map(({ provider }) => provider).join(', ')} in ${flags.out}; use it by loadPriceFile in a configuration, or --file\n`,
      );
    });
}
