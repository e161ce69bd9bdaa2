/* Names of Multicast DNS (RFC 6762), by the Avahi that runs on the host: one stack, and one
 * socket at port 5353, for everybody.  It is spoken to over the system bus, and only when there
 * is something to ask; it is never started: a peer's candidate line must not do that.
 *
 * Where it does not run, or there is no system bus, names have no addresses, and addresses no
 * names. */
#pragma once

#include <gio/gio.h>

#include "broker/event.h"

typedef struct _FramAvahi FramAvahi;

typedef struct
{
  /* The addresses of a name, with port 0: none, or all there are, at most
   * FRAM_AVAHI_MAX_ADDRESSES.  Once for each question; maybe before it returns. */
  void (*resolved) (FramNameId name, const FramAddress *addresses, guint n_addresses,
                    gpointer user_data);
  /* The name is published, or is not: it may be when Avahi comes, and not any more when that
   * goes.  Maybe before it returns. */
  void (*published) (FramNameId name, gboolean is_published, gpointer user_data);
} FramAvahiListener;

/* A name that has more is of no use to whoever asks. */
#define FRAM_AVAHI_MAX_ADDRESSES 2

/* How long others are awaited, after the first address: they come in one message, or from
 * another interface. */
#define FRAM_AVAHI_GRACE FRAM_MILLISECONDS (20)

/* `listener` outlives it. */
FramAvahi *fram_avahi_new (GMainContext *context, const FramAvahiListener *listener,
                           gpointer user_data);
/* Nothing is told afterwards.  NULL is allowed. */
void fram_avahi_free (FramAvahi *avahi);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramAvahi, fram_avahi_free)

/* Looks for the addresses of `text`, until they are found or the name is forgotten. */
void fram_avahi_resolve (FramAvahi *avahi, FramNameId name, const char *text);
/* Tells the network of the interface, by its index, that `text` has the IP address; again
 * whenever Avahi comes. */
void fram_avahi_publish (FramAvahi *avahi, FramNameId name, const char *text,
                         const FramAddress *address, guint32 interface);
/* It is not asked for any more, or withdrawn; nothing is told of it. */
void fram_avahi_forget (FramAvahi *avahi, FramNameId name);

/* Why names have no addresses, a sentence; NULL: they may have, or nobody has asked yet. */
const char *fram_avahi_get_problem (const FramAvahi *avahi);
