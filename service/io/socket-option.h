/* Most options of sockets are an int. */
#pragma once

#include <glib.h>
#include <sys/socket.h>

/* Return: FALSE with errno set. */
static inline gboolean
fram_set_option (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}
