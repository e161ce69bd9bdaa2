/* The relays that sessions share.  Lengths of time are in microseconds; -1 stands for never, or
 * for not known. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

/**
 * FramAllocation:
 * @uri: The server's URI (RFC 7065).
 * @interface: The name of the interface.
 * @carrier: The number of the socket or connection that carries it; 0: none yet.
 * @lane: The number of its lane: sessions of one lane share sockets.
 * @transport: How the server is spoken to: `udp`, `tcp`, `tls` or `dtls`.
 * @local_address: Address and port of this host; empty if they are not known, as the next
 *   ones.
 * @server_address: Address and port of the server.
 * @mapped_address: Address and port that the server sees us at.
 * @relayed_address: Address and port that it relays for us.
 * @relayed_address_6: The same of IPv6.
 * @state: `asking`, `there`, `ending` (another one is made), `resting` (it could not be made,
 *   and is tried again) or `closing`.
 * @cause: Why it is ending or resting, as a word for programs; may be empty.
 * @explanation: The same as a sentence for people.
 * @sessions: How many sessions use it.
 * @permissions: How many addresses of peers may send to it (RFC 8656 §9).
 * @channels: How many channels it has (RFC 8656 §12).
 * @remaining: Until it ends if it is not refreshed.
 * @retry: Until it is tried again.
 * @rtt: The round trip to the server.
 * @age: Since when it is in its state.
 *
 * A relay at a TURN server (RFC 8656).
 */
struct _FramAllocation
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *uri;
  const char *interface;
  guint carrier;
  guint lane;
  const char *transport;
  const char *local_address;
  const char *server_address;
  const char *mapped_address;
  const char *relayed_address;
  const char *relayed_address_6;
  const char *state;
  const char *cause;
  const char *explanation;
  guint sessions;
  guint permissions;
  guint channels;
  gint64 remaining;
  gint64 retry;
  gint64 rtt;
  gint64 age;
};

#define FRAM_TYPE_ALLOCATION (fram_allocation_get_type ())
FRAM_API GType fram_allocation_get_type (void);

FRAM_API FramAllocation *fram_allocation_ref (FramAllocation *self);
FRAM_API void fram_allocation_unref (FramAllocation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramAllocation, fram_allocation_unref)

FRAM_API void fram_client_list_allocations_async (FramClient *self,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);
FRAM_API GPtrArray *fram_client_list_allocations_finish (FramClient *self,
                                                         GAsyncResult *result,
                                                         GError **error);
FRAM_API GPtrArray *fram_client_list_allocations_sync (FramClient *self,
                                                       GCancellable *cancellable,
                                                       GError **error);

G_END_DECLS
