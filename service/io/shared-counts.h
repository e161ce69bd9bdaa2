/* Counters of what goes past the service, kept by the application that moves it: memory that both
 * have.  The service reads it, and nothing more: who counts wrongly has wrong numbers of his own. */
#pragma once

#include <glib.h>

/* In this order, of the machine's own byte order.  (org.fram.Ice1.Session.ShareCounters) */
typedef struct
{
  guint64 packets_sent, bytes_sent, packets_received, bytes_received;
} FramSharedCounts;

/* All are 0.  `ret_fd` is the application's, close-on-exec: a file that neither grows nor shrinks.
 * Return: NULL with `error` set.  Errors: G_IO_ERROR. */
const FramSharedCounts *fram_shared_counts_new (int *ret_fd, GError **error);
void fram_shared_counts_free (const FramSharedCounts *counts);
