// THIRD_PARTY_NOTICES.md of a package.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockedPackages, packageFolder, root } from './registryParts.mjs';

/**
 * The licences of everything that is bundled or shipped: the production dependencies, the platform's own packages
 * (`native`), and the weights of the starter.
 */
export function thirdPartyNotices(native) {
  const shipped = Object.entries(lockedPackages)
    .map(([path, entry]) => ({ ...entry, path, name: path.replace(/^.*node_modules\//, '') }))
    .filter(({ path, name, dev }) => {
      if (path === '') return false;
      if (/^(@img\/sharp-|@koromix\/|koffi$)/.test(name)) return native.includes(name);
      return existsSync(join(root, path)) && (!dev || name === '@vladmandic/face-api');
    });
  const notices = shipped.map(({ path, name, version, license }) => {
    const folder = native.includes(name) ? packageFolder(name) : join(root, path);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : `\n\`\`\`\n${readFileSync(join(folder, file), 'utf8').trim()}\n\`\`\`\n`;
    return `## ${name} ${version}\n\nLicence: ${license ?? 'see its package'}\n${text}`;
  });
  return `# Third-party notices\n\nThe recognition weights of the starter model come from dlib (CC0).\n\n${notices.join('\n')}`;
}
