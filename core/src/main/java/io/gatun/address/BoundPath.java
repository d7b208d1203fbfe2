package io.gatun.address;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The file that bind(2) of a Unix path left, to be deleted with the socket, since the kernel does
 * not; and if that was forgotten, when the Java runtime ends in order. A file that something else
 * has put in its place is never deleted. Any thread may use it.
 *
 * <p>A file is known by its device, its inode and the time it was made. While the socket is open
 * its inode cannot be given to another file: so call {@link #delete} before closing the socket.
 * Between the look and the deletion another process could still replace the file; no system has a
 * call that does both.
 */
public final class BoundPath {
  /** What a clean end of the runtime still has to delete. */
  private static final Set<BoundPath> LEFT = ConcurrentHashMap.newKeySet();

  static {
    try {
      Thread last = new Thread(() -> LEFT.forEach(BoundPath::delete), "gatun-bound-paths");
      Runtime.getRuntime().addShutdownHook(last);
    } catch (IllegalStateException endingAlready) {
      // A file that is bound as late as this is deleted with its socket only.
    }
  }

  /**
   * Which file it is. Without inodes (on Windows) the key is null, and the time alone must tell.
   */
  private record Identity(@Nullable Object fileKey, FileTime made) {
    static Identity of(Path path) throws IOException {
      BasicFileAttributes file =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Identity(file.fileKey(), file.creationTime());
    }
  }

  private final Path path;
  private final Identity identity;

  private BoundPath(Path path, Identity identity) {
    this.path = path;
    this.identity = identity;
  }

  /**
   * Remembers the file of an address. To be called right after bind(2), as long as the file must be
   * the one it made.
   *
   * @param address the address as it was bound
   * @return what to delete, or null if the address is no path, or if there is no such file (any
   *     more) that the JDK can name
   */
  public static @Nullable BoundPath of(Address address) {
    if (!(address instanceof UnixAddress unix && unix.isPath())) {
      return null;
    }
    try {
      Path path = unix.toPath().toAbsolutePath();
      BoundPath bound = new BoundPath(path, Identity.of(path));
      LEFT.add(bound);
      return bound;
    } catch (IOException | UnsupportedOperationException gone) {
      return null;
    }
  }

  /**
   * Deletes the file if the one at the path is still it. At most one call does; the failure to
   * delete is no error.
   *
   * @return whether the file was deleted
   */
  public boolean delete() {
    try {
      return LEFT.remove(this) && Identity.of(path).equals(identity) && Files.deleteIfExists(path);
    } catch (IOException gone) {
      return false;
    }
  }

  /** Leaves the file alone for good, as when another process goes on with the socket. */
  public void keep() {
    LEFT.remove(this);
  }
}
