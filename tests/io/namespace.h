/* A network namespace of the test's own, so that it may do as it likes with interfaces. */
#pragma once

/* Moves the calling process there; before it has other threads.  Loopback is down. */
void namespace_enter (void);
/* Runs an `ip`, `tc` or `sysctl` command; the test fails if the command does. */
void namespace_run (const char *command);
/* Runs `ip` commands, one a line; the test fails if one of them does. */
void namespace_run_batch (const char *lines);
/* The same, without waiting for the end. */
void namespace_start_batch (const char *lines);
/* Waits until the addresses (NULL-terminated) can be used: a carrier and the proof that an
 * address is unique take the kernel some time. */
void namespace_await_addresses (const char *const *ips);
