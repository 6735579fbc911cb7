/** What people write by hand is far smaller; the parser takes seconds for much more. In bytes. */
export const LARGEST_YAML = 64 * 1024
