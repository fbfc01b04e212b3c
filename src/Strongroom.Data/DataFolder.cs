namespace Strongroom.Data;

/// <summary>Folders that only the process's own user may enter.</summary>
public static class DataFolder
{
    /// <summary>Makes the folder with mode 0700 if it is missing. An existing folder keeps the mode its owner gave it.</summary>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
