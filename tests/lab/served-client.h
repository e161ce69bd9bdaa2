/* A client of the scripted TURN server, known by its 5-tuple: what the server keeps of it,
 * and the datagrams that it relays for it. (RFC 8656 §11, §12) */
#pragma once

#include "turn-script.h"

typedef struct _ServedClient ServedClient;

typedef void (*ServedClientSend) (gpointer user_data, const guint8 *message,
                                  gsize length);

/* `listening`: where the server is asked, and relays. `script` must outlive it; `send` takes
 * what goes to the client. */
ServedClient *served_client_new (const TurnScript *script, const FramAddress *address,
                                 const FramAddress *listening, ServedClientSend send,
                                 gpointer user_data);
void served_client_free (ServedClient *client);

/* A datagram, or one whole message of a stream, ChannelData without their padding. */
void served_client_take (ServedClient *client, const guint8 *message, gsize length);

/* To be called when the script is another. */
void served_client_follow (ServedClient *client);
/* It has no allocation any more, and was not told. */
void served_client_forget (ServedClient *client);
void served_client_renew_nonce (ServedClient *client);
/* How many requests of a method it made. */
guint served_client_count (const ServedClient *client, FramStunMethod method);
