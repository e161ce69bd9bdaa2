/* Multicast DNS of a world: a name is known on the link of the address that it stands for, and to
 * the host itself.  (RFC 6762) */
#pragma once

#include "base/address.h"

typedef struct _SimNames SimNames;

SimNames *sim_names_new (void);
void sim_names_free (SimNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNames, sim_names_free)

/* `publisher` is whoever has it; network 0, the Internet, is no link.  A name is published once. */
void sim_names_publish (SimNames *names, gpointer publisher, guint network,
                        const char *text, const FramAddress *address);
/* FALSE: it is not published. */
gboolean sim_names_withdraw (SimNames *names, const char *text);
/* All of that publisher. */
void sim_names_withdraw_all (SimNames *names, gpointer publisher);
/* Asked by `seeker` in the network. */
gboolean sim_names_find (const SimNames *names, gpointer seeker, guint network,
                         const char *text, FramAddress *ret_address);
