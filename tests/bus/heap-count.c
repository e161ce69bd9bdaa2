/* heap-count: what a program has on its heap, told to others.  It is loaded before the C library's
 * own functions, and keeps the number of blocks that are there, and their bytes, in the first 16
 * bytes of the file that HEAP_COUNT names. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* What stands first comes before the C library's; that is known by these names. */
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *block, size_t size);
void *__libc_memalign (size_t alignment, size_t size);
void __libc_free (void *block);

typedef struct
{
  int64_t n_blocks, n_bytes;
} Heap;

static Heap early;
static Heap *heap = &early;

/* Programs that are started by this one are not counted. */
__attribute__ ((constructor)) static void
open_file (void)
{
  const char *path = getenv ("HEAP_COUNT");
  int fd = path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
  Heap *shared;

  if (fd < 0 || ftruncate (fd, sizeof *heap) != 0)
    abort ();
  shared = mmap (NULL, sizeof *heap, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (shared == MAP_FAILED)
    abort ();
  *shared = early;
  heap = shared;
  unsetenv ("LD_PRELOAD");
}

static void *
add (void *block)
{
  if (block == NULL)
    return NULL;
  __atomic_add_fetch (&heap->n_blocks, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch (&heap->n_bytes, (int64_t) malloc_usable_size (block),
                      __ATOMIC_RELAXED);
  return block;
}

static void
take_away (size_t n_bytes)
{
  __atomic_sub_fetch (&heap->n_blocks, 1, __ATOMIC_RELAXED);
  __atomic_sub_fetch (&heap->n_bytes, (int64_t) n_bytes, __ATOMIC_RELAXED);
}

void *
malloc (size_t size)
{
  return add (__libc_malloc (size));
}

void *
calloc (size_t count, size_t size)
{
  return add (__libc_calloc (count, size));
}

void
free (void *block)
{
  if (block == NULL)
    return;
  take_away (malloc_usable_size (block));
  __libc_free (block);
}

void *
realloc (void *block, size_t size)
{
  size_t before = block != NULL ? malloc_usable_size (block) : 0;
  void *after = __libc_realloc (block, size);

  if (block != NULL && (after != NULL || size == 0))
    take_away (before);
  return add (after);
}

void *
memalign (size_t alignment, size_t size)
{
  return add (__libc_memalign (alignment, size));
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return memalign (alignment, size);
}

int
posix_memalign (void **ret_block, size_t alignment, size_t size)
{
  void *block = memalign (alignment, size);

  if (block == NULL)
    return ENOMEM;
  *ret_block = block;
  return 0;
}
