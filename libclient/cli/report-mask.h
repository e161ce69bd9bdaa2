/* What is private in a report, replaced by names that tell no more than that two are the same. */
#pragma once

#include <glib.h>

typedef struct _ReportMask ReportMask;

ReportMask *report_mask_new (void);
void report_mask_free (ReportMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReportMask, report_mask_free)

/* Replaces the IP addresses in a text, but those of the host itself (loopback), and the user's
 * home directory.
 * Return: (transfer full) */
char *report_mask_text (ReportMask *mask, const char *text);
/* The same in all texts of a value; in dictionaries, also the values of the keys `label`,
 * `username` and `network-name` as a whole.  Return: (transfer floating) */
GVariant *report_mask_variant (ReportMask *mask, GVariant *value);
