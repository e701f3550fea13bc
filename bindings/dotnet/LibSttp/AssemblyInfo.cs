using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("LibSttp.Tests")]
