// Loaded before a service: says on stderr, when it ends, which files of this package's node_modules it had loaded.
import Module from 'node:module';
import process from 'node:process';

process.on('exit', () => {
  const { _cache: loaded } = /** @type {{ _cache: Record<string, unknown> }} */ (
    /** @type {unknown} */ (Module)
  );
  const ours = Object.keys(loaded).filter((file) => /[\\/]tracing[\\/]node_modules[\\/]/.test(file));
  process.stderr.write(`loaded: ${ours.length} files of tracing, ${Object.keys(loaded).length} in all\n`);
});
