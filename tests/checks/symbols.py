"""What the core calls: its archives need each other, GLib's data structures, nettle's
digests and the C library's functions over memory, and nothing that knows the time, chance,
the network, the disk or another thread."""

import re
import subprocess

# The archives of the layers that are sans-IO, from the lowest; a layer without sources has
# none.
CORE = ['base', 'stun', 'turn', 'nat', 'ice', 'broker']
# Those that exist from the start: their absence would mean that nothing was looked at.
EXPECTED = ['base', 'stun', 'nat', 'ice', 'broker']

# Functions of the C library that depend on their arguments alone.
LIBC = set('''
    abort memchr memcmp memcpy memmem memmove memset explicit_bzero qsort bsearch
    strchr strchrnul strcmp strcpy strcspn strlen strncmp strncpy strnlen strrchr strspn
    strstr strpbrk strcasecmp strncasecmp
    inet_ntop inet_pton
    snprintf vsnprintf
    '''.split())

# What GLib has besides data structures and text, each with the reason it is kept out.
GLIB_KEPT_OUT = [
    (r'g_get_(monotonic|real|current)_time', 'reads a clock'),
    (r'g_(date_time_new_now|time_zone|timer)(_\w+)?', 'reads a clock'),
    (r'g_(random|rand|uuid)_\w+', 'draws chance of its own'),
    (r'g_(timeout|idle|source|main|unix_fd|child_watch)_\w+', 'lives in a main loop'),
    (r'g_usleep', 'waits'),
    (r'g_(thread|mutex|rw_lock|rec_mutex|cond|private|once|async_queue)_\w+', 'is for threads'),
    (r'g_(file|fopen|open|mkdir|mkstemp|unlink|rename|stat|access|dir|io_channel|mapped_file)(_\w+)?',
     'touches the disk'),
    (r'g_(socket|inet|resolver|network|dbus|bus|application|settings|unix)_\w+', 'does I/O'),
    (r'g_(getenv|setenv|get_(user|home|tmp|host|system|prgname|application)\w*)',
     'depends on the environment'),
    (r'g_spawn_\w+', 'starts a process'),
    (r'g_(object|signal|type|value|closure)_\w+', 'belongs to GObject; the core has plain structs'),
    (r'g_print(err)?', 'writes to a descriptor'),
]

# Put in by compilers and sanitizers.
MACHINERY = re.compile(
    r'(__(asan|ubsan|sanitizer|sancov|gcov|llvm|msan)_\w+|__stack_chk_fail'
    r'|_GLOBAL_OFFSET_TABLE_|__start___sancov\w*|__stop___sancov\w*|_Unwind_Resume'
    r'|__gcc_personality_v0|__(div|mod|udiv|umod|mul)\w+[dt]i3)')
FORTIFIED = re.compile(r'__(\w+)_chk')


def findings(root, build):
    found, defined = [], set()
    for layer in CORE:
        archive = build / 'service' / layer / f'libfram-{layer}.a'
        if not archive.is_file():
            if layer in EXPECTED:
                found.append(f'{archive}: is not there')
            continue
        defined |= names(archive, '--defined-only')
        for symbol in sorted(names(archive, '--undefined-only') - defined):
            reason = objection(symbol)
            if reason:
                found.append(f'{archive.name}: calls {symbol}, which {reason}')
    return found


def names(archive, which):
    output = subprocess.run(['nm', '--format=posix', which, archive], check=True,
                            capture_output=True, text=True).stdout
    return {line.split()[0] for line in output.splitlines() if len(line.split()) > 1}


def objection(symbol):
    """Why the core may not need `symbol`, or None."""
    fortified = FORTIFIED.fullmatch(symbol)
    if symbol in LIBC or MACHINERY.fullmatch(symbol):
        return None
    if fortified and fortified[1] in LIBC:
        return None
    if symbol.startswith('nettle_'):
        return None
    if symbol.startswith('fram_'):
        return 'is in no lower layer'
    if symbol.startswith('g_'):
        for pattern, reason in GLIB_KEPT_OUT:
            if re.fullmatch(pattern, symbol):
                return reason
        return None
    return 'is not in the list of what the core may call'
