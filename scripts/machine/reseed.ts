import { randomBytes } from 'node:crypto'

/**
 * Shell code, without single quotes, that reads one line of randomness. A guest whose memory was loaded again would repeat its
 * random numbers. A kernel that listens to vmgenid has noticed that by itself; any other gets the line, and is asked to use it
 * at once (ioctl RNDRESEEDCRNG, random(4)). Without perl and Python it uses it within minutes.
 */
export const RESEED = String.raw`read -r seed; heard=
for device in /sys/bus/*/drivers/vmgenid/*:*; do [ -e "$device" ] && heard=1; done
if [ -z "$heard" ]; then
  echo "$seed" >/dev/urandom
  perl -e "open F, q(>), q(/dev/urandom) and ioctl F, 0x5207, 0" 2>/dev/null ||
    python3 -c "import fcntl; fcntl.ioctl(open(\"/dev/urandom\", \"wb\"), 0x5207)" 2>/dev/null || :
fi`

export const seedLine = (): string => `${randomBytes(64).toString('base64')}\n`
