import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';

/** A fenced block of a Markdown file. */
export interface Block {
  /** First word of the info string: `ts`, `sh`, `text`, or empty. */
  readonly language: string;
  /** The rest of the info string. */
  readonly mark: string;
  readonly code: string;
  /** Where it starts, for messages: `README.md:12`. */
  readonly place: string;
}

/** A Markdown file of this repository. */
export interface Page {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Every page that people read: the front door, the guides, the decisions, the README of each workspace. */
export function readPages(): readonly Page[] {
  const patterns = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*.md', 'test/*.md'];
  return globSync(patterns, { cwd: repositoryRoot })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(repositoryRoot, path), 'utf8');
      return { path, text, blocks: blocksOf(path, text) };
    });
}

/** Commands of a `sh` block, one each; lines that end in a backslash go on. */
export function commandsOf(block: Block): readonly string[] {
  return block.code
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function blocksOf(path: string, text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const match of text.matchAll(/^```(\S*)[ \t]*(.*)\n([\s\S]*?)^```$/gm)) {
    const [, language = '', mark = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length;
    blocks.push({ language, mark, code: code.trimEnd(), place: `${path}:${line}` });
  }
  return blocks;
}
