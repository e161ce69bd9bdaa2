/* Messages as the kernel's, for interfaces and routes that not every machine has. */
#pragma once

#include "io/netlink.h"

typedef union
{
  struct nlmsghdr header;
  guint8 bytes[512];
} Message;

/* Return: the message's own header of `size` bytes, all zero. */
gpointer message_begin (Message *message, guint16 type, gsize size);
void message_put_ip (Message *message, guint16 type, const char *ip);

typedef struct
{
  guint32 index, flags, master;
  const char *name, *kind; /* `kind` NULL: hardware */
} TestLink;

/* It is up, has a carrier and a link address. */
void message_make_link (Message *message, const TestLink *link);
void message_make_address (Message *message, guint32 index, const char *ip,
                           guint32 flags);
/* A default route of the main table; no way yet. */
struct rtmsg *message_begin_route (Message *message, guint8 family);
/* One of the ways of RTA_MULTIPATH. */
void message_put_way (Message *message, guint32 index, guint8 flags, const char *gateway);
/* 10.7.0.254 on interface 3 has a link address of `length` bytes. */
void message_make_neighbour (Message *message, guint16 type, guint16 state, gsize length);
