/** What CHANGELOG.md says of one version. */

export type Notes = {readonly notes: string} | {readonly problem: string};

/** The section of a version, without its heading. The tag has to be the version of package.json, so that no release says of itself what it is not. */
export const releaseNotes = (changelog: string, tag: string, version: string): Notes => {
  if (tag !== `v${version}`) return {problem: `the tag ${tag} is not v${version}, the version of package.json`};
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) return {problem: `CHANGELOG.md has no section [${version}]`};
  const [heading = '', ...lines] = section.split('\n');
  if (!/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}$/.test(heading))
    return {problem: `the section of ${version} has no date: "## [${version}] - YYYY-MM-DD"`};
  // Link definitions at the end of the file belong to no section.
  const notes = lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
  return notes === '' ? {problem: `the section of ${version} is empty`} : {notes};
};
