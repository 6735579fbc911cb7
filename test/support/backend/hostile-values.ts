/** What somebody would write into a record to do harm, by where it would do it. */
export const hostile: Readonly<Record<string, readonly string[]>> = {
  shell: ['$(touch /tmp/x)', '`id`', "a'; id; '", 'a; id', 'a && id', 'a|id', '--help', '-oProxyCommand=id'],
  'ssh configuration': ['a\n  ProxyCommand id', '"a" ProxyCommand', '%h', 'a\\"', '~/x', '${HOME}'],
  known_hosts: ['ssh-ed25519 AAAA\n* ssh-rsa BBBB', '@cert-authority * ssh-rsa AAAA', 'ssh-ed25519 AAAA x'],
  QEMU: ['a,guestfwd=tcp:10.0.2.1:80-cmd:id', 'a,process=x', '127.0.0.1:22-:22,x'],
  HCL: ['${file("/etc/passwd")}', '%{ if true }x%{ endif }', '${TfToken[TOKEN.0]}', '$${x}'],
  'file name': ['../../x', '..', '.', 'a/../../b', '/etc/../x', 'a\u0000b', '.ssh'],
  YAML: ['a: b', '- a', '&a *a', '!!js/function x', 'a\n- b', '#x'],
  terminal: [
    ...['\u001b]0;x\u0007', '\u001b[2J', 'a\rb', 'a\bb', '\u009b31m', '\u007f', 'a\u0085b', '\u2028'],
    ...['\u202eabc', 'a\u2066b', 'a\u200bb', '\ufeff', 'a\u00adb', '\u{e0041}', '\ud800', '\u3164'],
  ],
  size: ['', 'a'.repeat(20_000)],
}
