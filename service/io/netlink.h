/* Asking the kernel's routing tables (rtnetlink), and hearing of their changes. */
#pragma once

#include <gio/gio.h>
#include <linux/rtnetlink.h>

/* Opens a non-blocking socket that hears of the `groups` (RTMGRP_...).
 * Return: the descriptor, or -1.  Errors: G_IO_ERROR. */
int fram_netlink_listen (guint32 groups, GError **error);
/* Throws away what was heard, a bounded piece of it; only that something was matters. */
void fram_netlink_drain (int fd);

typedef void (*FramNetlinkVisitor) (const struct nlmsghdr *message, gpointer user_data);

/* Shows the visitor each entry of a table; `request` is RTM_GETLINK or RTM_GETADDR.  If the
 * table changed in the middle, some entries may be old, missing or twice; a notification
 * then follows.  Errors: G_IO_ERROR. */
gboolean fram_netlink_list (guint16 request, FramNetlinkVisitor visitor,
                            gpointer user_data, GError **error);

/* Looks for an attribute of that type among those from `first` on, which take `length` bytes.
 * Return: NULL if there is none. */
const struct rtattr *fram_netlink_find (const struct rtattr *first, int length,
                                        guint16 type);
