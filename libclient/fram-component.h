/* The data of one component: datagrams to the peer and from it. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

/**
 * FRAM_DATAGRAM_MAX:
 *
 * The longest datagram, in bytes.
 */
#define FRAM_DATAGRAM_MAX 65507

/**
 * FRAM_SEGMENTS_MAX:
 *
 * Room for the most bytes that [method@Component.receive_segments] gives.
 */
#define FRAM_SEGMENTS_MAX 65536

#define FRAM_TYPE_COMPONENT (fram_component_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramComponent, fram_component, FRAM, COMPONENT, GObject)

FRAM_API FramSession *fram_component_get_session (FramComponent *self);
FRAM_API gboolean fram_component_get_closed (FramComponent *self);

FRAM_API gboolean fram_component_send (FramComponent *self, const guint8 *data,
                                       gsize length, GError **error);
FRAM_API GBytes *fram_component_receive (FramComponent *self, GError **error);
FRAM_API gssize fram_component_receive_into (FramComponent *self, guint8 *buffer,
                                             gsize size, GError **error);

FRAM_API void fram_component_send_async (FramComponent *self, GBytes *datagram,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
FRAM_API gboolean fram_component_send_finish (FramComponent *self, GAsyncResult *result,
                                              GError **error);
FRAM_API void fram_component_receive_async (FramComponent *self,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
FRAM_API GBytes *fram_component_receive_finish (FramComponent *self, GAsyncResult *result,
                                                GError **error);

FRAM_API gssize fram_component_send_batch (FramComponent *self,
                                           const GOutputVector *datagrams, gsize n,
                                           GError **error);
FRAM_API gssize fram_component_receive_batch (FramComponent *self,
                                              const GInputVector *buffers, gsize *lengths,
                                              gsize n, GError **error);

FRAM_API gssize fram_component_send_segments (FramComponent *self, const guint8 *data,
                                              gsize length, gsize segment,
                                              GError **error);
FRAM_API gssize fram_component_receive_segments (FramComponent *self, guint8 *buffer,
                                                 gsize size, gsize *ret_segment,
                                                 GError **error);

FRAM_API void fram_component_stay_relayed (FramComponent *self);
FRAM_API gboolean fram_component_get_direct (FramComponent *self);
FRAM_API guint64 fram_component_get_reordered (FramComponent *self);

FRAM_API int fram_component_get_fd (FramComponent *self);
FRAM_API GSocketConnection *fram_component_get_connection (FramComponent *self);
FRAM_API GSource *fram_component_create_source (FramComponent *self,
                                                GIOCondition condition,
                                                GCancellable *cancellable);

G_END_DECLS
