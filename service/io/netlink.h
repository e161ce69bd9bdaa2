/* Asking the kernel's routing tables (rtnetlink), and hearing of their changes.  libmnl knows
 * the messages; here they are bounded in time and in number. */
#pragma once

#include "base/address.h"

#include <gio/gio.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

typedef struct _FramNetlink FramNetlink;

/* Opens a socket for questions.  Errors: G_IO_ERROR. */
FramNetlink *fram_netlink_open (GError **error);
/* Opens a non-blocking socket that hears of the `groups` (RTMGRP_...).  Errors: G_IO_ERROR. */
FramNetlink *fram_netlink_listen (guint32 groups, GError **error);
void fram_netlink_close (FramNetlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNetlink, fram_netlink_close)
int fram_netlink_get_fd (const FramNetlink *netlink);

typedef void (*FramNetlinkVisitor) (const struct nlmsghdr *message, gpointer user_data);

/* Shows the visitor each message of a datagram; `bytes` is aligned as an integer. */
void fram_netlink_visit (const void *bytes, gsize length, FramNetlinkVisitor visitor,
                         gpointer user_data);
/* Shows the visitor what was heard, a bounded piece of it.  Return: FALSE if that is not all,
 * because there was too much of it. */
gboolean fram_netlink_hear (FramNetlink *netlink, FramNetlinkVisitor visitor,
                            gpointer user_data);

typedef struct
{
  /* Forgets what was visited: the answer begins, or begins anew as the table changed under
   * it. */
  void (*begin) (gpointer user_data);
  FramNetlinkVisitor visit;
} FramNetlinkReader;

/* A question under construction, for the mnl_..._put_... functions. */
typedef union
{
  struct nlmsghdr header;
  guint8 bytes[256];
} FramNetlinkRequest;

/* Begins a question for a table (NLM_F_DUMP) or for one entry of it (NLM_F_ACK).
 * Return: the message's own header of `size` bytes, all zero. */
gpointer fram_netlink_request_init (FramNetlinkRequest *request, guint16 type,
                                    guint16 flags, gsize size);
/* Shows the reader each entry of the answer.  If the table changes all the time, some
 * entries may be old, missing or twice; a notification then follows.
 * Errors: G_IO_ERROR; G_IO_ERROR_NOT_FOUND if there is no such entry or table. */
gboolean fram_netlink_ask (FramNetlink *netlink, FramNetlinkRequest *request,
                           const FramNetlinkReader *reader, gpointer user_data,
                           GError **error);

/* Return: the header of the message's own kind, of `size` bytes; NULL if it is shorter. */
gconstpointer fram_netlink_get_header (const struct nlmsghdr *message, gsize size);
/* Sets ret_found[type] to the attribute of that type, of those up to `highest`, and the
 * others to NULL.  `size` as above. */
void fram_netlink_find (const struct nlmsghdr *message, gsize size,
                        const struct nlattr **ret_found, guint16 highest);
void fram_netlink_find_nested (gconstpointer bytes, gsize length,
                               const struct nlattr **ret_found, guint16 highest);

/* `attribute` may be NULL, or not what it should be: then it is `otherwise`, FALSE, or "". */
guint32 fram_netlink_get_u32 (const struct nlattr *attribute, guint32 otherwise);
gboolean fram_netlink_get_ip (const struct nlattr *attribute, guint8 family,
                              FramAddress *ret_address);
void fram_netlink_get_text (const struct nlattr *attribute, char *ret_text, gsize size);
